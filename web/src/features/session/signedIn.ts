/* What waits for the sign-in over the page (SessionExpired.tsx), and goes on by itself then. */
import { auth } from "./auth";

/** Resolves when somebody is signed in, which may be now. */
export const signedIn = (): Promise<void> =>
  new Promise((done) => {
    const look = () => {
      if (auth.get().isExpired) return;
      stop();
      done();
    };
    const stop = auth.subscribe(look);
    look();
  });
