import {
  Box, Button, Checkbox, Header, Pagination, SpaceBetween, Table, TextFilter,
} from "@cloudscape-design/components";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { works } from "../applications/queries";
import { Failure, Nothing } from "../shell/parts";
import { useWords } from "../shell/useWord";
import { texts } from "../texts";
import { words } from "../texts/administrators";
import { columns, type Doing } from "./columns";
import { MakeDialog } from "./MakeDialog";
import { RevokeDialog } from "./RevokeDialog";
import { RotateDialog } from "./RotateDialog";
import { credentialsQuery, mineQuery, ownersQuery, ownGrant, type Credential, type Scope, type Sort } from "./queries";

const perPage = 20;

/** The access keys or API tokens, with what becomes of them: made, replaced with an overlap, revoked. */
export function Credentials({ sort, account, name, isOperator }: {
  sort: Sort;
  account: Scope;
  name: string;
  isOperator: boolean;
}) {
  const [address, setAddress] = useWords();
  const [page, setPage] = useState(1);
  const [doing, setDoing] = useState<{ what: "make" } | { what: Doing; one: Credential }>();
  const asked = useQuery(credentialsQuery(sort, account, isOperator));
  const owners = useQuery(ownersQuery(account && !isOperator ? account : undefined)).data;
  const mine = useQuery(mineQuery).data;
  const [search, all] = [address.get("search") ?? "", address.get("ended") === "true"];
  const owner = (one: Credential) => (one.grant ? owners?.get(one.grant) : undefined);
  const there = asked.data ?? [];
  const matches = (one: Credential) =>
    [one.id, one.name, owner(one)?.address].some((text) => text?.toLowerCase().includes(search.toLowerCase()));
  const ended = there.filter((one) => !works(one)).length;
  const shown = there.filter((one) => (all || works(one)) && matches(one));
  const close = () => setDoing(undefined);
  const narrow = (part: Record<string, string | undefined>) => {
    setPage(1);
    setAddress(part);
  };
  const grant = ownGrant(mine, account);
  const says = words.sorts[sort];
  return (
    <>
      <Table<Credential>
        items={shown.slice((page - 1) * perPage, page * perPage)}
        trackBy={({ id }) => id}
        loading={asked.isPending}
        loadingText={texts.loading}
        enableKeyboardNavigation
        ariaLabels={{ tableLabel: words.tabs[sort], selectionGroupLabel: words.tabs[sort] }}
        header={
          <Header variant="h2" counter={`(${texts.number(shown.length)})`} description={says.hint} actions={
            <Button
              variant="primary"
              disabled={!grant}
              disabledReason={words.make.noRole}
              onClick={() => setDoing({ what: "make" })}
            >
              {says.make}
            </Button>
          }>
            {words.tabs[sort]}
          </Header>
        }
        filter={there.length > 0 && (
          <SpaceBetween direction="horizontal" size="m" alignItems="center">
            <TextFilter
              filteringText={search}
              filteringAriaLabel={words.find}
              filteringPlaceholder={words.find}
              onChange={({ detail }) => narrow({ search: detail.filteringText })}
            />
            {ended > 0 && (
              <Checkbox checked={all} onChange={({ detail }) => narrow({ ended: detail.checked ? "true" : undefined })}>
                {words.ended(ended)}
              </Checkbox>
            )}
          </SpaceBetween>
        )}
        empty={asked.error ? <Failure error={asked.error} again={() => void asked.refetch()} /> :
          there.length > 0 ? <Nothing title={words.noMatch} hint={words.noMatchHint} /> : (
            <Nothing title={words.none[sort]} hint={says.emptyHint}>
              <Box variant="small">{words.twin}: <code>{says.twin}</code></Box>
            </Nothing>
          )}
        pagination={shown.length > perPage && (
          <Pagination
            currentPageIndex={page}
            pagesCount={Math.ceil(shown.length / perPage)}
            onChange={({ detail }) => setPage(detail.currentPageIndex)}
          />
        )}
        columnDefinitions={columns({
          sort, account, me: mine?.user, owner, act: (what, one) => setDoing({ what, one }),
        })}
      />
      {doing?.what === "make" && grant && <MakeDialog {...{ sort, account, name, grant }} close={close} />}
      {doing?.what === "rotate" && <RotateDialog one={doing.one} close={close} />}
      {doing?.what === "revoke" && (
        <RevokeDialog one={doing.one} owner={owner(doing.one)} me={mine?.user} close={close} />
      )}
    </>
  );
}
