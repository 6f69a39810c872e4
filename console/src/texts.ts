/** Every word of the console that the server does not say, ready for translation. */
import type { Schemas } from "./api/client";

const figures = new Intl.NumberFormat();
const users = (count: number) => (count === 1 ? "1 user" : `${figures.format(count)} users`);

export const texts = {
  product: "Carillon",
  applicationsOfAll: "Deployment",
  navigation: "Pages of the console",
  breadcrumbs: "Where you are",
  notices: "Notices",
  myAccount: "My account",
  signOut: "Sign out",
  openNavigation: "Show the pages of the console",
  closeNavigation: "Hide the pages of the console",
  close: "Close",
  cancel: "Cancel",
  loading: "Loading",
  retry: "Try again",
  failed: "This did not work",
  request: (id: string) => `Request ${id}: the logs know it by this number.`,
  unreachable: "Carillon does not answer. Look whether you are connected, and try again.",
  odd: (status: number) => `Carillon answered with status ${status}. Try again; if it stays so, look into its log.`,
  unknownPage: "There is no such page",
  unknownPageHint: "The address leads nowhere. Choose a page beside this one.",
  noRole: "You administer nothing",
  noRoleHint: "You are signed in and hold no administrator's role. Ask an administrator for one: what you may see is " +
    "up to that role. Your own account is under My account.",
  denied: (needed: string, held: string | undefined, deployment: boolean) =>
    `This needs ${needed} over ${deployment ? "the deployment" : "this account"}; ` +
    `your role there is ${held ?? "none"}.`,
  checking: "Looking at what will happen",
  number: (count: number) => figures.format(count),
  yes: "Yes",
  no: "No",
  users,

  accounts: { title: "Accounts" },

  type: {
    Team: "Team",
    EnterpriseLWA: "Enterprise",
    EnterpriseDirectory: "Enterprise with a directory",
    EnterpriseOIDC: "Enterprise with a sign-in provider",
  } satisfies Record<Schemas["AccountType"], string>,

  license: {
    Basic: "Basic",
    Plus: "Plus",
    Pro: "Pro",
    ProTrial: "Pro (trial)",
  } satisfies Record<Schemas["License"], string>,

  usersPage: { title: "Users" },

  domains: { title: "Domains" },
  licenses: { title: "Licenses" },
  catalog: { title: "Catalog" },
  directory: { title: "Directory" },
  administrators: { title: "Administrators and keys" },
  settings: { title: "Settings" },

  // The words of these pages are in texts/.
  applications: { title: "Applications" },
  audit: { title: "Audit" },
  outbox: { title: "Outbox" },
  health: { title: "Health" },
  actionsOf: "Actions",
};
