import { Box, Button, SpaceBetween, type TableProps } from "@cloudscape-design/components";
import { useQuery } from "@tanstack/react-query";
import { useNames, works } from "../applications/queries";
import { applicationNameQuery } from "../audit/queries";
import { Go, Time } from "../shell/parts";
import { texts } from "../texts";
import { words } from "../texts/administrators";
import { CredentialState } from "./CredentialState";
import type { Credential, Grant, Scope, Sort } from "./queries";

/** What can be done to one. */
export type Doing = "rotate" | "revoke";

/** The columns of a list of access keys or API tokens. */
export function columns({ sort, account, me, owner, act }: {
  sort: Sort;
  account: Scope;
  me: string | undefined;
  owner: (one: Credential) => Grant | undefined;
  act: (what: Doing, one: Credential) => void;
}): TableProps.ColumnDefinition<Credential>[] {
  return [
    { id: "name", header: words.name, isRowHeader: true, cell: (one) => (
      <>
        {one.name}
        {sort === "keys" && <Box variant="small" display="block">{one.id}</Box>}
      </>
    ) },
    { id: "state", header: words.state, cell: (one) => <CredentialState of={one} /> },
    { id: "do", header: texts.actionsOf, minWidth: 170, cell: (one) => works(one) ? (
      <Actions one={one} notYours={Boolean(one.grant) && owner(one)?.user !== me} act={act} />
    ) : "-" },
    { id: "owner", header: words.owner, cell: (one) => one.application ? <OfApplication id={one.application} /> :
      <Owner grant={owner(one)} me={me} /> },
    { id: "carries", header: words.carries, cell: (one) => one.application ? words.ofApplication :
      one.most ?? owner(one)?.role ?? "-" },
    ...(account ? [] : [{ id: "reaches", header: words.reaches, cell: (one: Credential) => (
      one.application ? words.reachesApplication : <Reach account={one.within ?? owner(one)?.account} />
    ) }]),
    { id: "used", header: words.used, cell: (one) => one.last_used ? <Time at={one.last_used} /> : words.never },
    { id: "expires", header: words.expires, cell: (one) => one.expires ? <Time at={one.expires} /> :
      one.application ? words.withApplication : words.withRole },
    { id: "made", header: words.made, cell: (one) => <Time at={one.created} /> },
  ];
}

/** Both are offered; what only its owner does says so. */
function Actions({ one, notYours, act }: {
  one: Credential;
  notYours: boolean;
  act: (what: Doing, one: Credential) => void;
}) {
  return (
    <SpaceBetween direction="horizontal" size="s">
      <Button
        variant="inline-link"
        ariaLabel={words.ofOne(words.rotate.short, one.name)}
        disabled={notYours}
        disabledReason={words.rotate.notYours}
        onClick={() => act("rotate", one)}
      >
        {words.rotate.short}
      </Button>
      <Button
        variant="inline-link"
        ariaLabel={words.ofOne(words.revoke.short, one.name)}
        onClick={() => act("revoke", one)}
      >
        {words.revoke.short}
      </Button>
    </SpaceBetween>
  );
}

function Owner({ grant, me }: { grant: Grant | undefined; me: string | undefined }) {
  if (!grant) return <>{words.formerOwner}</>;
  return <>{grant.address}{grant.user === me && ` (${words.roles.you})`}</>;
}

/** An application, where its secrets are. */
function OfApplication({ id }: { id: string }) {
  const name = useQuery(applicationNameQuery(id)).data;
  return <Go to={`/applications/${id}?tab=secrets`}>{words.application(name ?? id)}</Go>;
}

function Reach({ account }: { account: string | null | undefined }) {
  const names = useNames(account ? [account] : []);
  if (!account) return <>{words.reachesAll}</>;
  return <Go to={`/accounts/${account}/administrators?tab=keys`}>{names.get(account) ?? account}</Go>;
}
