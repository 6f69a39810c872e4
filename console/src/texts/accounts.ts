/** The words of the list of accounts and of what is done to one. */
export const words = {
  search: "Search accounts",
  searchHint: "How the name begins, or a user's address",
  name: "Name",
  type: "Type",
  defaultLicense: "Default license",
  created: "Created",
  state: "State",
  active: "Active",
  deleted: "Deleted",
  more: (name: string) => `Actions for ${name}`,
  actions: "Actions",
  empty: "No account",
  emptyHint: "An account is an organisation with its users. What you may see depends on your role. On the command " +
    "line: carillon account create NAME.",
  none: "Nothing matches",
  noneHint: "No account that you may see matches this search.",
  create: "Create account",
  createHint: "It begins as a Team, to which people are invited. Once it proves that it owns a domain, it becomes " +
    "an Enterprise account.",
  created1: (name: string) => `${name} was created.`,
  isDeleted: "The account is deleted: restore it first.",
  notDeleted: "The account is not deleted.",

  edit: "Rename or change the default license",
  save: "Save",
  editHint: "Members keep what they have: the default license is what people get when they join.",
  saved: (name: string) => `${name} was changed.`,
  remove: "Delete account",
  removeConfirm: "Delete",
  removeSays: (name: string) => `${name} can be deleted: it has neither users nor verified domains. Nobody signs in ` +
    "through it any more, and its keys and applications stop. It is kept for 90 days, in which it can be restored.",
  removed: (name: string) => `${name} was deleted. It can be restored for 90 days.`,
  inTheWay: (name: string) => `${name} cannot be deleted yet`,
  itsUsers: "Its users: remove them",
  itsDomains: "Its domains: release them",
  restore: "Restore account",
  restoreConfirm: "Restore",
  restoreSays: (name: string) => `${name} will be as it was, with its settings, roles, keys, applications and open ` +
    "invitations.",
  restored: (name: string) => `${name} was restored.`,
};
