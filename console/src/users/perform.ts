import { api, type Schemas, type User } from "../api/client";
import { withEffects, type Effects } from "../api/effects";
import { words } from "../texts/actions";
import { isOpen, type Action } from "./actions";
import type { Chosen } from "./selection";

/** What an action is told besides whom it is for. */
export interface Terms {
  license?: Schemas["License"];
  reason?: string;
  /** The last day of a suspension, such as 2027-01-31. */
  until?: string;
}

/** What it came to for one user. */
export interface Outcome {
  user: Chosen;
  /** What the user is afterwards. */
  done?: User;
  /** Why nothing was done. */
  problem?: string;
}

/** What it comes to, for all in their order, and what happens to people besides, such as mails. */
export interface Came {
  outcomes: Outcome[];
  effects: Effects;
}

/** How far it is, and whether to stop after the piece that is under way. */
interface Course {
  preview: boolean;
  under?: (done: number) => void;
  stopped?: () => boolean;
}

/** The most people of one request. */
export const most = 1000;

/**
 * Does it to all of them, or with `preview` only tells what would come of it. What fails midway leaves what was done
 * before, and says of the others that nothing is known or was tried.
 */
export async function perform(action: Action, account: string, users: Chosen[], terms: Terms, course: Course) {
  const asked = users.filter((user) => action !== "resend" || isOpen(user));
  const answers = new Map<string, Outcome>();
  const effects: Effects = { mails: 0, signedOut: 0 };
  for (let start = 0; start < asked.length && !course.stopped?.(); start += most) {
    const part = asked.slice(start, start + most);
    try {
      const came = await withEffects(ask(action, account, part.map((user) => user.id), terms, course.preview));
      const { results } = came.data;
      part.forEach((user, at) => answers.set(user.id, {
        user, done: results[at]?.ok, problem: results[at]?.problem?.detail,
      }));
      effects.mails += came.effects.mails;
      effects.signedOut += came.effects.signedOut;
    } catch (error) {
      if (course.preview || start === 0) throw error;
      part.forEach((user) => answers.set(user.id, { user, problem: words.broken((error as Error).message) }));
      break;
    }
    course.under?.(Math.min(start + most, asked.length));
  }
  const rest = (user: Chosen): Outcome => {
    const skipped = action === "resend" && !isOpen(user);
    return { user, problem: skipped ? words.notInvited : words.notTried };
  };
  return { outcomes: users.map((user) => answers.get(user.id) ?? rest(user)), effects };
}

function ask(action: Action, account: string, users: string[], terms: Terms, preview: boolean) {
  const params = { path: { account }, query: preview ? { preview: "true" as const } : {} };
  switch (action) {
    case "license": {
      const license = terms.license ?? "Basic";
      return api.POST("/api/v1/accounts/{account}/users/license", { params, body: { users, license } });
    }
    case "suspend": {
      const until = terms.until ? lastMoment(terms.until) : null;
      // Without an end it would hold for ever.
      if (until === undefined) throw new Error(words.untilHint);
      const body = { users, reason: terms.reason || null, until };
      return api.POST("/api/v1/accounts/{account}/users/suspend", { params, body });
    }
    case "activate":
      return api.POST("/api/v1/accounts/{account}/users/activate", { params, body: { users } });
    case "remove":
      return api.POST("/api/v1/accounts/{account}/users/remove", { params, body: { users } });
    case "logOut":
      return api.POST("/api/v1/accounts/{account}/users/log-out", { params, body: { users } });
    case "resetPin":
      return api.POST("/api/v1/accounts/{account}/users/reset-pin", { params, body: { users } });
    case "resetSecondFactor":
      return api.POST("/api/v1/accounts/{account}/users/reset-second-factor", { params, body: { users } });
    case "resend":
      return api.POST("/api/v1/accounts/{account}/invitations/resend", { params, body: { invitations: users } });
  }
}

/** Whether a day is none, or one that there is. */
export const isDay = (day: string | undefined) => !day || lastMoment(day) !== undefined;

/** The end of a day in the viewer's zone; nothing for a day that there is not, such as the 31st of February. */
function lastMoment(day: string): string | undefined {
  if (!/^\d{4}-\d\d-\d\d$/.test(day)) return undefined;
  const moment = new Date(`${day}T23:59:59`);
  return moment.getDate() === Number(day.slice(-2)) ? moment.toISOString() : undefined;
}
