import { answer, api, type Schemas } from "../api/client";
import { bodyOf, type Application, type Draft } from "./draft";

/** How an application is connected. */
export const kinds = ["server", "public", "proxy", "asks"] as const;
export type Kind = (typeof kinds)[number];

/** What an application of this kind is: a proxy sends people back to a place of its own on the application's host. */
export function drafted(kind: Kind, draft: Draft, host: string): Draft {
  const place = host.trim() && `${host.trim().replace(/\/+$/, "")}/.carillon/enter`;
  return {
    ...draft,
    signsIn: kind !== "asks",
    isPublic: kind === "public",
    redirects: kind === "proxy" ? place : draft.redirects,
  };
}

/** An application that was made, and its secret if it got one. */
export interface MadeOne {
  application: Application;
  secret?: string;
  /** It was made, but its secret was not. */
  failure?: Error;
}

/** Makes an application and its first secret, where it needs one: a proxy and a public client do not. */
export async function create(kind: Kind, draft: Draft, owner: string | undefined): Promise<MadeOne> {
  const body: Schemas["NewApplication"] = { ...bodyOf(draft), owner };
  const application = await answer(api.POST("/api/v1/applications", { body }));
  if (kind === "proxy" || kind === "public") return { application };
  try {
    return { application, secret: (await makeSecret(application.id, "first")).token ?? undefined };
  } catch (failure) {
    return { application, failure: failure as Error };
  }
}

/** Makes a secret of an application; it is in this answer only. */
export const makeSecret = (application: string, name: string) =>
  answer(api.POST("/api/v1/tokens", { body: { name, application } }));
