/** The words of an account's list of users, and of who stands in it. */
import type { Schemas } from "../api/client";
import { texts } from "../texts";

export const words = {
  search: "Find users",
  searchHint: "How the address or the name begins",
  address: "Address",
  name: "Name",
  status: "Status",
  license: "License",
  licenseOrigin: "License comes from",
  origin: "Came by",
  registered: "Registered",
  invited: "Invited",
  empty: "No users yet",
  emptyHint: "Invite the first ones: each gets a mail that says how to join. On the command line: carillon user " +
    "invite.",
  none: "Nothing matches",
  noneHint: "Nobody in this account matches the search and the filters.",
  noneYet: "Nobody on this page",
  noneYetHint: "Nobody of those looked at so far matches. Go on to the next page.",
  actions: "User actions",
  invite: "Invite users",
  file: "CSV",
  export: "Export everybody",
  import: "Import a file",
  clear: "Clear selection",
  selected: (count: number) => `${texts.users(count)} selected`,
  select: "Select all users of this page",
  selectOne: (address: string) => `Select ${address}`,
  selectAll: "Select all that match",
  selecting: (count: number) => `Selecting: ${texts.users(count)} so far`,
  stop: "Stop",
  filter: "Filter",
  filterBy: { status: "Status", license: "License", origin: "Came by", license_origin: "License comes from" },
  without: (filter: string) => `Remove the filter ${filter}`,
  view: "View",
  columns: "Columns",
  perPage: "Users per page",
};

/** Why something cannot be chosen. */
export const reasons = {
  needsRole: (role: string) => `Your role over this account is ${role}; this needs UserManagement.`,
  noRole: "You have no role over this account.",
  noSelection: "Select users first.",
  counting: "They are still being selected: wait, or stop it.",
  teamSuspends: "A Team's users cannot be suspended. Remove them instead.",
  byGroup: "The groups of the directory give the licenses of this account.",
  nobodySuspended: "Nobody selected is suspended.",
  nobodyInvited: "Nobody selected has an open invitation.",
  onlyInvited: "An open invitation is nobody yet.",
};

/** What an action is called. */
export const labels = {
  license: "Assign user license",
  suspend: "Suspend user",
  activate: "Activate user",
  remove: "Remove user",
  logOut: "Log out",
  resend: "Resend invitation",
  resetPin: "Reset PIN",
  resetSecondFactor: "Reset second factor",
};

export const status = {
  Registered: "Registered",
  Unregistered: "Unregistered",
  Suspended: "Suspended",
  Pending: "Invited, pending",
  Failed: "Invitation undelivered",
  Waiting: "Waiting for a seat",
  Disabled: "Disabled in the directory",
};

export const licenseOrigin = {
  Free: "Free user",
  Default: "The account's default",
  Administrator: "An administrator",
  Group: "A group of the directory",
} satisfies Record<Schemas["LicenseOrigin"], string>;

export const origin = {
  Invitation: "Invitation",
  Domain: "An address on the account's domain",
  Directory: "The directory",
  Scim: "Provisioning (SCIM)",
  Administrator: "An administrator",
} satisfies Record<Schemas["Origin"], string>;
