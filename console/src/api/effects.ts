import { answer } from "./client";

/** What a change would do to people besides: mails that are sent, and who is signed out. */
export interface Effects {
  mails: number;
  signedOut: number;
}

/** What a preview's header counts (RFC 9651 section 3.2). */
function readEffects(header: string | null): Effects {
  const effects = { mails: 0, signedOut: 0 };
  for (const [, name, value] of (header ?? "").matchAll(/([a-z-]+)=(\d+)/g)) {
    if (name?.startsWith("mail-")) effects.mails += Number(value);
    if (name === "signed-out") effects.signedOut += Number(value);
  }
  return effects;
}

/** The answer to a change or its preview, with what the latter counts. */
export async function withEffects<T>(asked: Promise<{ data?: T; error?: unknown; response: Response }>) {
  const data = await answer(asked);
  return { data, effects: readEffects((await asked).response.headers.get("carillon-preview")) };
}
