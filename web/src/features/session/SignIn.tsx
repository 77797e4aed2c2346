import { useLocation, useNavigate } from "@tanstack/react-router";
import { land } from "../../actions/landing";
import { adoptAppearance } from "../../ui/appearance";
import { adoptLocale, t } from "../../ui/i18n";
import { WelcomeFrame } from "../onboarding/WelcomeFrame";
import { SignInForm } from "./SignInForm";

export default function SignIn() {
  const navigate = useNavigate();
  // Kept by the browser beside the address, so no link from elsewhere can say where the sign-in leads.
  const path = useLocation({ select: (location) => location.state.wanted ?? "/" });
  return (
    <WelcomeFrame>
      <h1>{t("signin.title")}</h1>
      <SignInForm
        onDone={(session) => {
          adoptAppearance(session.user.preferences);
          if (!adoptLocale(session.user.locale, path)) void navigate({ href: path }).then(land);
        }}
      />
    </WelcomeFrame>
  );
}
