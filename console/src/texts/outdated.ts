/** The words about a change that somebody else forestalled. */
const whom: Record<string, string> = {
  administrator: "an administrator",
  application: "an application",
  host: "the command line",
  system: "Carillon itself",
};

export const outdated = {
  title: "Somebody else was faster",
  again: "Load it anew",
  last: (action: string, kind: string) => `The last change was ${action} by ${whom[kind] ?? "somebody"}, at`,
};
