import { Select } from "@cloudscape-design/components";
import { useQuery } from "@tanstack/react-query";
import { answer, api } from "../api/client";
import { useRoles } from "../api/roles";
import { words } from "../texts/outbox";
import type { Message } from "./actions";

const states = Object.keys(words.states) as Message["state"][];
const anyState = { value: "", label: words.all };
const stateOptions = [anyState, ...states.map((state) => ({ value: state, label: words.states[state] }))];
const anybody = { value: "", label: words.everybody };
const people = { value: "mail", label: words.mail };

/** The state of this name, if there is one. */
export const stateOf = (name: string) => states.find((state) => state === name);

/** Chooses the state of the messages that are listed. */
export function StateFilter({ chosen, choose }: { chosen: string; choose: (state: string) => void }) {
  return (
    <Select
      ariaLabel={words.state}
      selectedOption={stateOptions.find(({ value }) => value === chosen) ?? anyState}
      options={stateOptions}
      onChange={({ detail }) => choose(detail.selectedOption.value ?? "")}
    />
  );
}

/** Chooses who gets the messages that are listed: people, or one of the applications that one may read. */
export function ReceiverFilter({ chosen, choose }: { chosen: string; choose: (receiver: string) => void }) {
  const mayRead = useRoles().roles.allow("FullAccess", null);
  const { data = [], isFetching } = useQuery({
    queryKey: ["applications", "first"],
    // Of further ones, the page of each application shows its messages.
    queryFn: async () => (await answer(api.GET("/api/v1/applications", { params: { query: { limit: 200 } } }))).items,
    enabled: mayRead,
    staleTime: 60_000,
  });
  const known = data.map(({ id, name }) => ({ value: id, label: name }));
  const options = [anybody, people, ...known];
  const other = { value: chosen, label: words.application };
  return (
    <Select
      ariaLabel={words.receiver}
      selectedOption={options.find(({ value }) => value === chosen) ?? other}
      options={options}
      filteringType={known.length > 10 ? "auto" : "none"}
      statusType={isFetching ? "loading" : "finished"}
      onChange={({ detail }) => choose(detail.selectedOption.value ?? "")}
    />
  );
}
