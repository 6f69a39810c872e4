/** The words of the dialogs in which something is done to users. */
import { texts } from "../texts";

const { number, users } = texts;

export const words = {
  notInvited: "has no open invitation",
  notTried: "not tried: it was stopped before",
  broken: (why: string) => `not known: ${why}`,
  whom: (count: number) => `This is for ${users(count)}.`,
  pieces: "They are changed 1,000 at a time, and what is foreseen counts seats and mails for each thousand by " +
    "itself: where these are limited, the last thousands may be refused. The results say who was.",
  checked: (done: number, all: number) => `Looking at what will happen: ${number(done)} of ${users(all)}`,
  progress: "Progress",
  under: (done: number, all: number) => `${number(done)} of ${users(all)}`,
  stopping: "It stops after the thousand that is under way.",
  will: (count: number) => `What will happen to ${users(count)}`,
  nobody: "It would happen to nobody.",
  skipped: (count: number) => `${users(count)} will be skipped`,
  done: (count: number) => `Done for ${users(count)}`,
  notDone: (count: number) => `Not done for ${users(count)}`,
  download: "Download results",
  user: "User",
  result: "Result",
  resultDone: "done",
  shown: (rest: number) => `and ${number(rest)} more`,
  mails: (count: number) => (count === 1 ? "1 mail is sent." : `${number(count)} mails are sent.`),
  signedOut: (count: number) => `${users(count)} signed out everywhere.`,
  choose: "License",
  reason: "Reason",
  reasonHint: "Administrators see it in the user's details.",
  until: "Until",
  untilHint: "The last day of it, such as 2027-01-31. Left empty, it holds until it is ended.",
  licenseHints: {
    Pro: "Everything, such as hosting meetings.",
    Plus: "More than Basic, less than Pro.",
    Basic: "What everybody has.",
  },
  newPin: "The new PIN",
  newPinHint: "Tell it to them: it is theirs alone. The former one works no more.",
};

export const confirm = {
  license: "Assign",
  suspend: "Suspend",
  activate: "Activate",
  remove: "Remove",
  logOut: "Log out",
  resend: "Resend",
  resetPin: "Reset",
  resetSecondFactor: "Reset",
};

export const says = {
  license: (license: string, pieces: boolean) => `They get the license ${license}, at once. Where seats are limited ` +
    "it takes one for each; if there are too few for all" +
    `${pieces ? " of a thousand, nobody of these" : ", nobody"} gets it.`,
  suspend: "They are signed out everywhere and sign in nowhere until they are activated. They keep their place in " +
    "the account and its history.",
  activate: "Their suspension ends, and they may sign in again.",
  remove: "Their membership, license and seat end, and they are signed out everywhere. They stay free users and " +
    "are told by mail. Open invitations are taken back.",
  logOut: "Every session of theirs ends, in every browser and application. They may sign in again.",
  resend: "A new mail is sent to each. Its link works for 14 days; the former link stops working.",
  resetPin: "They get a new personal PIN, which is shown once it is done. The former one works no more.",
  resetSecondFactor: "Their second factors and passkeys are taken away and they are signed out everywhere; they are " +
    "told by mail. They sign in with what else they have, and set a new one up.",
};
