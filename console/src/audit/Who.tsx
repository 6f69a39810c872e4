import { useQuery } from "@tanstack/react-query";
import { Go } from "../shell/parts";
import { words } from "../texts/audit";
import { applicationNameQuery, personQuery, type Entry } from "./queries";

/** Who did it, by name where that is known. */
export function Who({ actor }: { actor: Entry["actor"] }) {
  const kind = words.actors[actor.kind] ?? actor.kind;
  if (!actor.id) return <>{kind}</>;
  if (actor.kind === "application") return <Application id={actor.id} kind={kind} />;
  return <Person id={actor.id} kind={kind} />;
}

/** A person by their address, with a link to their details; else what is said instead. */
export function Person({ id, kind }: { id: string; kind: string }) {
  const { data } = useQuery(personQuery(id));
  if (!data) return <>{kind}</>;
  if (!data.account) return <>{data.address}</>;
  return <Go to={`/accounts/${data.account}/users/${data.user}`}>{data.address}</Go>;
}

function Application({ id, kind }: { id: string; kind: string }) {
  const { data } = useQuery(applicationNameQuery(id));
  return data ? <Go to={`/applications/${id}`}>{data}</Go> : <>{kind}</>;
}
