import { Time } from "../shell/parts";
import { texts } from "../texts";
import { words } from "../texts/audit";

const moment = /^\d{4}-\d\d-\d\dT[\d:.]+(Z|[+-]\d\d:\d\d)$/;

/** A fact as people read it. */
export function Fact({ value }: { value: unknown }) {
  if (value === undefined || value === null || value === "") return <>{words.nothing}</>;
  if (typeof value === "boolean") return <>{value ? texts.yes : texts.no}</>;
  if (typeof value === "string" && moment.test(value)) return <Time at={value} />;
  if (Array.isArray(value)) return <>{value.map(told).join(", ") || words.nothing}</>;
  return <>{told(value)}</>;
}

const told = (value: unknown) => (typeof value === "object" ? JSON.stringify(value) : String(value));
