/** The words beside what is shown once, and of copying. */
export const once = {
  title: "Keep it now",
  known: "This is what a client asks for",
  hint: "The secret is shown this once: Carillon keeps only what it needs to recognise it.",
};

export const copying = {
  copy: (label: string) => `Copy ${label}`,
  copied: "Copied",
  failed: "The browser did not let it be copied: select it, and copy it by hand.",
};
