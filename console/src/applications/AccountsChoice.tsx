import { FormField, Multiselect } from "@cloudscape-design/components";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { answer, api } from "../api/client";
import { Later } from "../shell/Later";
import { useSettled } from "../shell/useSettled";
import { words } from "../texts/applications";
import { useNames } from "./queries";

/** Accounts found by their names, of which several are chosen. */
export function AccountsChoice({ chosen, choose }: { chosen: string[]; choose: (accounts: string[]) => void }) {
  const [search, setSearch] = useState("");
  const settled = useSettled(search.trim());
  const names = useNames(chosen);
  const found = useQuery({
    queryKey: ["accounts", "choice", settled],
    queryFn: () => answer(api.GET("/api/v1/accounts", {
      params: { query: { name: settled || undefined, limit: 20 } },
    })),
  });
  const options = (found.data?.items ?? []).map(({ id, name }) => ({ value: id, label: name }));
  const kept = chosen.map((id) => ({ value: id, label: names.get(id) ?? id }));
  return (
    <FormField label={words.accounts} description={words.accountsHint}>
      <Later>
        <Multiselect
          options={[...options, ...kept.filter(({ value }) => !options.some((one) => one.value === value))]}
          selectedOptions={kept}
          filteringType="manual"
          filteringAriaLabel={words.accountsFind}
          filteringPlaceholder={words.accountsFind}
          placeholder={words.accountsFind}
          deselectAriaLabel={({ label }) => words.remove(label ?? "")}
          statusType={found.isFetching ? "loading" : found.error ? "error" : "finished"}
          onLoadItems={({ detail }) => setSearch(detail.filteringText)}
          onChange={({ detail }) => choose(detail.selectedOptions.flatMap(({ value }) => value ?? []))}
        />
      </Later>
    </FormField>
  );
}
