/** The words of the dialog that invites. */
export const words = {
  title: "Invite users",
  label: "Addresses",
  hint: "Separate them by ; or paste a list from anywhere.",
  example: "ada@example.org; Grace Hopper <grace@example.org>",
  team: "Each gets a mail with a link by which they join. It works for 14 days.",
  enterprise: "Each gets a mail that says how to register with an address of your domain.",
  found: (count: number) => (count === 1 ? "1 address" : `${count} addresses`),
  wrong: (list: string) => `This is no address: ${list}`,
  confirm: "Invite",
  sent: (count: number) => (count === 1 ? "1 invitation is on its way" : `${count} invitations are on their way`),
  failed: (count: number) => (count === 1 ? "1 address was not invited" : `${count} addresses were not invited`),
};
