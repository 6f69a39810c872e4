import { Box, FormField, Input, RadioGroup, Select, SpaceBetween } from "@cloudscape-design/components";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import type { Role, Schemas } from "../api/client";
import { issuerQuery } from "../applications/queries";
import { Dialog } from "../shell/Dialog";
import { Failure } from "../shell/parts";
import { Once } from "../shell/Once";
import { words as all } from "../texts/administrators";
import { AccountChoice } from "./AccountChoice";
import { RoleChoice } from "./RoleChoice";
import { make, type Credential, type Scope, type Sort } from "./queries";

const words = all.make;
const spans = words.spans.map(([value, label]) => ({ value, label }));

/** Makes an access key or an API token for a role of one's own; its secret is shown once. */
export function MakeDialog({ sort, account, name: accountName, grant, close }: {
  sort: Sort;
  account: Scope;
  name: string;
  grant: Schemas["Grant"];
  close: () => void;
}) {
  const [name, setName] = useState("");
  const [most, setMost] = useState<Role>("ReadOnly");
  const [one, setOne] = useState(false);
  const [reach, setReach] = useState("");
  const [span, setSpan] = useState("90");
  const [days, setDays] = useState("30");
  // The end is counted from here: sent again after no answer came, it is the same request and makes no second one.
  const [opened] = useState(() => Date.now());
  const queries = useQueryClient();
  const isDays = /^[1-9]\d{0,3}$/.test(days.trim());
  const until = span === "other" ? days.trim() : span;
  // An operator's is limited to the account on whose page it is made.
  const within = account ? (grant.account ? undefined : account) : one ? reach : undefined;
  const act = useMutation({
    mutationFn: () => make(sort, {
      name: name.trim(),
      grant: grant.id,
      most,
      within,
      expires: until ? new Date(opened + Number(until) * 86_400_000).toISOString() : undefined,
    }),
    onSuccess: () => queries.invalidateQueries({ queryKey: ["credentials"] }),
  });
  const ready = name.trim() !== "" && (span !== "other" || isDays) && (!one || reach !== "");
  const title = all.sorts[sort].make;
  return (
    <Dialog title={title} confirm={title} ready={ready} act={act} close={close}>
      {!act.data && (
        <SpaceBetween size="m">
          <FormField label={all.name} description={words.nameHint}>
            <Input value={name} autoFocus onChange={({ detail }) => setName(detail.value)} />
          </FormField>
          <RoleChoice label={words.most} description={words.mostHint} role={most} choose={setMost} />
          {account && within && <Box>{words.ofOperator(accountName)}</Box>}
          {!account && <Reach one={one} setOne={setOne} account={reach} choose={setReach} />}
          <FormField label={words.ends}>
            <Select
              options={spans}
              selectedOption={spans.find(({ value }) => value === span) ?? null}
              onChange={({ detail }) => setSpan(detail.selectedOption.value ?? "")}
            />
          </FormField>
          {span === "other" && (
            <FormField label={words.days} errorText={isDays ? undefined : words.daysWrong}>
              <Input value={days} inputMode="numeric" onChange={({ detail }) => setDays(detail.value)} />
            </FormField>
          )}
        </SpaceBetween>
      )}
      {act.error && <Failure error={act.error} />}
      {act.data && <Shown one={act.data} />}
    </Dialog>
  );
}

/** Everything, or one account. */
function Reach({ one, setOne, account, choose }: {
  one: boolean;
  setOne: (one: boolean) => void;
  account: string;
  choose: (account: string) => void;
}) {
  return (
    <SpaceBetween size="m">
      <FormField label={words.reach}>
        <RadioGroup
          value={one ? "one" : "all"}
          items={[{ value: "all", ...words.reachAll }, { value: "one", ...words.reachOne }]}
          onChange={({ detail }) => setOne(detail.value === "one")}
        />
      </FormField>
      {one && <AccountChoice account={account} choose={choose} />}
    </SpaceBetween>
  );
}

/** What is shown this once, with a line that tries it. */
export function Shown({ one: { sort, id, secret } }: { one: Credential }) {
  const url = useQuery(issuerQuery).data ?? location.origin;
  if (sort === "tokens") {
    return (
      <Once facts={[
        { label: words.token, value: secret ?? "" },
        { label: words.tryIt, value: `curl -H "Authorization: Bearer ${secret ?? ""}" ${url}/api/v1/me/roles` },
      ]} />
    );
  }
  return (
    <Once facts={[
      { label: words.id, value: id },
      { label: words.secret, value: secret ?? "" },
      { label: words.tryIt, value: `AWS_DEFAULT_REGION=us-east-1 aws chime list-accounts --endpoint-url ${url}` },
    ]} />
  );
}
