import { FormField, Select } from "@cloudscape-design/components";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { answer, api } from "../api/client";
import { useNames } from "../applications/queries";
import { useSettled } from "../shell/useSettled";
import { words } from "../texts/administrators";

/** One account, found by how its name begins. */
export function AccountChoice({ account, choose }: { account: string; choose: (account: string) => void }) {
  const [search, setSearch] = useState("");
  const settled = useSettled(search.trim());
  const names = useNames(account ? [account] : []);
  const found = useQuery({
    queryKey: ["accounts", "choice", settled],
    queryFn: () => answer(api.GET("/api/v1/accounts", {
      params: { query: { name: settled || undefined, limit: 20 } },
    })),
  });
  return (
    <FormField label={words.make.account}>
      <Select
        options={(found.data?.items ?? []).map(({ id, name }) => ({ value: id, label: name }))}
        selectedOption={account ? { value: account, label: names.get(account) ?? account } : null}
        placeholder={words.make.findAccount}
        filteringType="manual"
        filteringAriaLabel={words.make.findAccount}
        filteringPlaceholder={words.make.findAccount}
        statusType={found.error ? "error" : found.isFetching ? "loading" : "finished"}
        errorText={found.error?.message}
        onLoadItems={({ detail }) => setSearch(detail.filteringText)}
        onChange={({ detail }) => choose(detail.selectedOption.value ?? "")}
      />
    </FormField>
  );
}
