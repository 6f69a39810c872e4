/** The words of the page about roles, access keys and API tokens. */
import type { Role } from "../api/client";
import { texts as common } from "../texts";

const counted = (count: number, one: string, many: string) =>
  (count === 1 ? `1 ${one}` : `${common.number(count)} ${many}`);

export const words = {
  title: common.administrators.title,
  tabs: { roles: "Roles", keys: "Access keys", tokens: "API tokens" },
  twin: "On the command line",

  means: {
    ReadOnly: "Looks: accounts, people, the audit trail, reasons. Sees no PIN, link or token.",
    UserManagement: "Besides: invites, creates, licenses, suspends and removes people, logs them out, sees PINs.",
    FullAccess: "Besides: settings, domains, the directory, applications, roles, keys and tokens.",
  } satisfies Record<Role, string>,

  roles: {
    title: "Roles",
    hint: "Who may administer this account. Operators, whose role is over the deployment, reach it too.",
    hintDeployment: "Operators hold a role over the deployment and reach every account; others hold one over an " +
      "account.",
    operators: "Roles over the deployment",
    person: "Person",
    role: "Role",
    over: "Over",
    deployment: "The deployment",
    you: "you",
    trail: "Audit trail",
    did: "What they did",
    empty: "Nobody holds a role here",
    emptyHint: "Operators administer this account. Give one of its members a role to share the work.",
    emptyPerson: "This person holds no role here",
    emptyPersonHint: "Lift the filter to see who does.",
    twin: (account: string) => `carillon user grant PERSON UserManagement${account}`,
    own: "Nobody changes their own role: ask another administrator.",
    higher: "Their role is higher than yours.",
  },

  give: {
    title: "Give a role",
    address: "Address",
    addressHint: "Whoever is in this account; an operator gives roles to others too.",
    addressHintDeployment: "Of somebody who is registered.",
    find: "Type how an address or a name begins",
    use: (typed: string) => `Use "${typed}"`,
    none: "Nobody in this account is called so",
    role: "Role",
    says: (address: string, role: Role, over: string) => `${address} will hold ${role} over ${over}, from now on.`,
    everything: "the deployment and every account",
    signsOut: "They are signed out everywhere, and confirm once with password or passkey how they sign in elsewhere.",
    done: (address: string) => `${address} holds a role now.`,
  },

  change: {
    short: "Change",
    title: (address: string) => `Change the role of ${address}`,
    says: (role: Role) => `It becomes ${role} at once. Their access keys and API tokens carry no more than that.`,
    done: (address: string) => `The role of ${address} was changed.`,
  },

  take: {
    short: "Withdraw",
    title: (address: string) => `Withdraw the role of ${address}`,
    says: (role: Role, over: string) => `${role} over ${over} ends at once, also in pages that are open. They stay ` +
      "a user, and what they did stays in the audit trail.",
    held: (keys: number, tokens: number) => {
      const ends = [
        keys && counted(keys, "access key", "access keys"),
        tokens && counted(tokens, "API token", "API tokens"),
      ].filter(Boolean);
      return ends.length === 0 ? "They have no access key or API token by it." :
        `With it end ${ends.join(" and ")}: programs that use them stop working.`;
    },
    done: (address: string) => `${address} holds the role no more.`,
  },

  sorts: {
    keys: {
      hint: "An access key signs requests to the Chime API, as with the AWS CLI and SDKs (Signature Version 4).",
      make: "Create an access key",
      emptyHint: "A program that speaks the Chime API signs in with an access key. It carries a role of yours or " +
        "less, and its secret is shown once.",
      twin: "carillon key create you@example.org --name scripts",
      of: (name: string) => `access key ${name}`,
    },
    tokens: {
      hint: "An API token is sent as a bearer: an administrator's program's to the admin API, an application's where " +
        "it asks.",
      make: "Create an API token",
      emptyHint: "A program that uses the admin API signs in with an API token. It carries a role of yours or less, " +
        "and is shown once.",
      twin: "carillon token create you@example.org --name laptop",
      of: (name: string) => `API token ${name}`,
    },
  },
  none: { keys: "No access keys", tokens: "No API tokens" },
  noMatch: "Nothing matches",
  noMatchHint: "What ended is listed when the box is ticked.",
  find: "Find by name, owner or id",
  ended: (count: number) => `Show what ended too (${common.number(count)})`,
  name: "Name",
  owner: "Owner",
  formerOwner: "-",
  application: (name: string) => `Application ${name}`,
  carries: "Carries",
  ofApplication: "Its application's questions",
  reaches: "Reaches",
  reachesAll: "Every account",
  reachesApplication: "-",
  state: "State",
  states: { works: "Works", ending: "Works, ends soon", revoked: "Revoked", expired: "Expired" },
  used: "Last used",
  never: "Never",
  expires: "Ends",
  withRole: "With its role",
  withApplication: "Never",
  made: "Made",

  make: {
    nameHint: "What it is for, such as the program that has it. 1 to 100 characters.",
    most: "Carries at most",
    mostHint: "Less is safer: a monitor needs no more than ReadOnly. It never carries more than your own role.",
    reach: "Reaches",
    reachAll: { label: "Every account", description: "And the deployment: what you may do, it may do." },
    reachOne: { label: "One account", description: "It acts there as that account's administrator would." },
    account: "Account",
    findAccount: "Find an account by its name",
    ofOperator: (account: string) => `It is made for your role over the deployment, and limited to ${account}.`,
    ends: "Ends",
    spans: [["30", "In 30 days"], ["90", "In 90 days"], ["365", "In a year"], ["", "With your role"],
      ["other", "In as many days as you say"]] as [string, string][],
    days: "Days until it ends",
    daysWrong: "Give a whole number of days, 1 to 9999.",
    tryIt: "Try it",
    id: "Access key id (AWS_ACCESS_KEY_ID)",
    secret: "Secret access key (AWS_SECRET_ACCESS_KEY)",
    token: "API token",
    noRole: "This needs a role of your own with FullAccess.",
  },

  rotate: {
    short: "Rotate",
    title: (name: string) => `Rotate ${name}`,
    says: "A new one takes its place, with the same name, role and reach. Until the overlap is over both work, so " +
      "that you can bring the new one to its program without a gap.",
    overlap: "The old one works still for",
    overlaps: [["0", "Not at all: it ends now"], ["3600", "1 hour"], ["86400", "1 day"], ["604800", "7 days"],
      ["2592000", "30 days"]] as [string, string][],
    notYours: "Only its owner replaces it: what it does is recorded as theirs. You may revoke it.",
  },

  revoke: {
    short: "Revoke",
    title: (name: string) => `Revoke ${name}`,
    says: "It stops working at once, and there is no way back: whatever uses it is answered that it may not.",
    unused: "It was never used.",
    used: "Last used",
    recently: "It was used within the last week: a program has it, and will stop working. Rotate it to replace it " +
      "without a gap.",
    notYours: "It is not yours: tell its owner.",
    done: (name: string) => `${name} was revoked.`,
  },
  ofOne: (action: string, name: string) => `${action}: ${name}`,
};
