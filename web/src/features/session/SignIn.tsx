import { useNavigate } from "@tanstack/react-router";
import { land } from "../../actions/landing";
import { adoptAppearance } from "../../ui/appearance";
import { adoptLocale, t } from "../../ui/i18n";
import { WelcomeFrame } from "../onboarding/WelcomeFrame";
import { SignInForm } from "./SignInForm";

export default function SignIn() {
  const navigate = useNavigate();
  return (
    <WelcomeFrame>
      <h1>{t("signin.title")}</h1>
      <SignInForm
        onDone={(session) => {
          adoptAppearance(session.user.preferences);
          adoptLocale(session.user.locale);
          void navigate({ to: "/" }).then(land);
        }}
      />
    </WelcomeFrame>
  );
}
