import { answer, api, type Account, type Role, type Schemas, type User } from "../api/client";
import { texts } from "../texts";

/** What can be done to the users that were selected. */
export const actions = ["license", "suspend", "activate", "remove", "logOut", "resend"] as const;
export type Action = (typeof actions)[number];

/** What an action is told besides whom it is for. */
export interface Terms {
  license?: Schemas["License"];
  reason?: string;
}

/** What it came to for one user. */
export interface Outcome {
  user: User;
  /** Why nothing was done. */
  problem?: string;
}

/** The invitation was not answered yet: the row of the list stands for it. */
export const isOpen = (user: User) => user.status === "Unregistered" &&
  (user.invitation === "Pending" || user.invitation === "Failed");

/** Why an action cannot be chosen: the role, the account's type, or who is selected. */
export function forbidden(action: Action, role: Role | undefined, account: Account | undefined, selected: User[]) {
  const words = texts.actions;
  if (role !== "UserManagement" && role !== "FullAccess") return role ? words.needsRole(role) : words.noRole;
  if (!account) return texts.loading;
  if (action === "suspend" && account.type === "Team") return words.teamSuspends;
  if (selected.length === 0) return words.noSelection;
  if (action === "activate" && !selected.some((user) => user.status === "Suspended")) return words.nobodySuspended;
  if (action === "resend" && !selected.some(isOpen)) return words.nobodyInvited;
  return undefined;
}

/** The most people of one request. */
const most = 1000;

/**
 * Does it to all of them, or with `preview` only tells what would come of it. The answers are in the users' order;
 * `effects` are what would happen to people besides, such as mails.
 */
export async function perform(action: Action, account: string, users: User[], terms: Terms, preview: boolean) {
  const asked = users.filter((user) => action !== "resend" || isOpen(user));
  const answers = new Map<string, Outcome>();
  const effects = { mails: 0, signedOut: 0 };
  for (let start = 0; start < asked.length; start += most) {
    const part = asked.slice(start, start + most);
    const request = ask(action, account, part.map((user) => user.id), terms, preview);
    const { results } = await answer(request);
    count(effects, (await request).response.headers.get("carillon-preview"));
    part.forEach((user, index) => answers.set(user.id, { user, problem: results[index]?.problem?.detail }));
  }
  const skipped = (user: User): Outcome => ({ user, problem: texts.actions.notInvited });
  return { outcomes: users.map((user) => answers.get(user.id) ?? skipped(user)), effects };
}

function ask(action: Action, account: string, users: string[], { license, reason }: Terms, preview: boolean) {
  const params = { path: { account }, query: preview ? { preview: "true" as const } : {} };
  switch (action) {
    case "license":
      return api.POST("/api/v1/accounts/{account}/users/license", {
        params,
        body: { users, license: license ?? "Basic" },
      });
    case "suspend":
      return api.POST("/api/v1/accounts/{account}/users/suspend", { params, body: { users, reason: reason || null } });
    case "activate":
      return api.POST("/api/v1/accounts/{account}/users/activate", { params, body: { users } });
    case "remove":
      return api.POST("/api/v1/accounts/{account}/users/remove", { params, body: { users } });
    case "logOut":
      return api.POST("/api/v1/accounts/{account}/users/log-out", { params, body: { users } });
    case "resend":
      return api.POST("/api/v1/accounts/{account}/invitations/resend", { params, body: { invitations: users } });
  }
}

/** Adds what a preview's header counts (RFC 9651 section 3.2). */
function count(effects: { mails: number; signedOut: number }, header: string | null) {
  for (const [, name, value] of (header ?? "").matchAll(/([a-z-]+)=(\d+)/g)) {
    if (name?.startsWith("mail-")) effects.mails += Number(value);
    if (name === "signed-out") effects.signedOut += Number(value);
  }
}

/** The outcomes as CSV (RFC 4180). What a spreadsheet would take for a formula is taken as text. */
export function csv(outcomes: Outcome[]): string {
  const cell = (text: string) => `"${text.replace(/^[=+\-@\t\r]/, "'$&").replaceAll('"', '""')}"`;
  const rows = outcomes.map(({ user, problem }) => [user.address, problem ?? texts.actions.resultDone]);
  const head = [texts.actions.user, texts.actions.result];
  return [head, ...rows].map((row) => `${row.map(cell).join(",")}\r\n`).join("");
}
