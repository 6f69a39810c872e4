import { Button, FormField, Input } from "@cloudscape-design/components";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { words } from "../texts/audit";
import { applicationNameQuery, personQuery } from "./queries";

const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** A person or thing by address or id; once it is known, its name with a way to lift the filter. */
export function PersonFilter({ label, id, choose }: { label: string; id: string; choose: (id: string) => void }) {
  return id ? <Chosen label={label} id={id} lift={() => choose("")} /> : <Box label={label} choose={choose} />;
}

function Chosen({ label, id, lift }: { label: string; id: string; lift: () => void }) {
  const person = useQuery(personQuery(id));
  const application = useQuery({ ...applicationNameQuery(id), enabled: person.data === null });
  const name = person.data?.address ?? application.data ?? id;
  return (
    <FormField label={label}>
      <Button iconName="close" iconAlign="right" ariaLabel={words.lift(label, name)} onClick={lift}>{name}</Button>
    </FormField>
  );
}

function Box({ label, choose }: { label: string; choose: (id: string) => void }) {
  const [text, setText] = useState("");
  const queries = useQueryClient();
  const find = useMutation({
    mutationFn: async (text: string) => (uuid.test(text) ? text : (await queries.fetchQuery(personQuery(text)))?.user),
    onSuccess: (id) => id && choose(id),
  });
  const unknown = (find.isSuccess && !find.data) || find.isError;
  const search = () => {
    if (text.trim()) find.mutate(text.trim());
  };
  return (
    <form onSubmit={(event) => {
      event.preventDefault();
      search();
    }}>
      <FormField label={label} errorText={unknown && (find.error?.message ?? words.nobody)}>
        <Input
          value={text}
          type="search"
          placeholder={words.personHint}
          onChange={({ detail }) => {
            setText(detail.value);
            find.reset();
          }}
          onBlur={search}
        />
      </FormField>
    </form>
  );
}
