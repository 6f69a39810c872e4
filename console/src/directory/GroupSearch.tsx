import { Autosuggest } from "@cloudscape-design/components";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { answer, api, type Schemas } from "../api/client";
import { useSettled } from "../shell/useSettled";
import { texts } from "../texts/directory";

const words = texts.groups;

/** A group of the directory, by how its name begins. */
export function GroupSearch({ account, value, change, label, disabled }: {
  account: string;
  value: string;
  change: (group: string) => void;
  label: string;
  disabled?: boolean;
}) {
  const [open, setOpen] = useState(false);
  const search = useSettled(value.trim());
  const asked = useQuery({
    queryKey: ["directory", account, "groups", search],
    queryFn: () => answer(api.GET("/api/v1/accounts/{account}/directory/groups", {
      params: { path: { account }, query: { search } },
    })),
    enabled: open,
    staleTime: 60_000,
  });
  const loading = asked.isFetching || search !== value.trim();
  return (
    <Autosuggest
      value={value}
      disabled={disabled}
      ariaLabel={label}
      placeholder={words.groupHint}
      options={asked.error ? [] : options(asked.data?.items ?? [])}
      filteringType="manual"
      statusType={asked.error ? "error" : loading ? "loading" : "finished"}
      loadingText={texts.preview.reading}
      errorText={asked.error?.message}
      recoveryText={words.recover}
      empty={words.noneFound}
      enteredTextLabel={words.use}
      onFocus={() => setOpen(true)}
      onLoadItems={() => asked.error && void asked.refetch()}
      onChange={({ detail }) => change(detail.value)}
    />
  );
}

/** By name; those that share one by their distinguished names. */
function options(groups: { name: string; distinguished_name: string }[]) {
  const names = groups.map(({ name }) => name);
  return groups.map(({ name, distinguished_name }) => {
    const alone = names.indexOf(name) === names.lastIndexOf(name);
    return { value: alone ? name : distinguished_name, label: name, description: distinguished_name };
  });
}

/** A mapping as it is begun. */
export const blank: Schemas["GroupMapping"] = { group: "", license: "Plus", nested: true };
