import { words } from "../texts/audit";

/** A fact that changed: what it is called, and how it stood. */
export interface Changed {
  label: string;
  before: unknown;
  after: unknown;
}

type Facts = Record<string, unknown>;
const isFacts = (value: unknown): value is Facts =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** The single facts of nested ones, by their paths. */
function flat(value: unknown, path = ""): [path: string, value: unknown][] {
  if (!isFacts(value)) return path ? [[path, value]] : [];
  return Object.entries(value).flatMap(([name, inner]) => flat(inner, path ? `${path}.${name}` : name));
}

/** What a record says to have changed. Both sides are merge patches (RFC 7396): `null` is what is not there. */
export function changes({ before, after, personal }: { before?: unknown; after?: unknown; personal?: unknown }) {
  const sealed = isFacts(personal) ? personal : {};
  const was = new Map([...flat(before), ...flat(sealed.before)]);
  const is = new Map([...flat(after), ...flat(sealed.after)]);
  const paths = [...new Set([...was.keys(), ...is.keys()])];
  return paths.map((path): Changed => ({ label: labelOf(path), before: was.get(path), after: is.get(path) }));
}

/** What else a record keeps of the person: not what changed, and not the network address. */
export function beside(personal: unknown): Changed[] {
  if (!isFacts(personal)) return [];
  const rest = Object.entries(personal).filter(([name]) => !["before", "after", "remote"].includes(name));
  return flat(Object.fromEntries(rest)).map(([path, after]) => ({ label: labelOf(path), before: undefined, after }));
}

/** The network address that a record keeps, of who did it or else of whom it happened to. */
export function remote(...kept: unknown[]): string | undefined {
  const found = kept.find((one) => isFacts(one) && typeof one.remote === "string");
  return isFacts(found) ? String(found.remote) : undefined;
}

/** What a path is called. */
function labelOf(path: string): string {
  const known = words.facts[path];
  if (known) return known;
  const text = path.split(".").map((part) => part.replace(/_/g, " ")).join(", ");
  return text.charAt(0).toUpperCase() + text.slice(1);
}
