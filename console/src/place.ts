/** Where the console is mounted, such as `/console`; the server wrote it into the page. */
export const base = document.querySelector<HTMLMetaElement>("meta[name='carillon-console']")?.content ?? "/console";

/** Where Carillon is mounted: nothing, or a path without a slash at its end. */
export const root = base.replace(/\/console$/, "");

/** Where one signs in and then comes back to what is shown now. */
export function signIn(): string {
  return `${root}/signin?then=${encodeURIComponent(location.pathname + location.search)}`;
}
