import {
  Button, ButtonDropdown, ContentLayout, Header, SpaceBetween, Tabs,
} from "@cloudscape-design/components";
import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { useAccount } from "../api/account";
import { answer, api, type Schemas } from "../api/client";
import type { Tagged } from "../api/tagged";
import { useRoles } from "../api/roles";
import { Begin } from "../directory/Begin";
import { Brake } from "../directory/Brake";
import { ConnectionFacts } from "../directory/ConnectionFacts";
import { Disconnect, Forget } from "../directory/EndDialogs";
import { Groups } from "../directory/Groups";
import { PreviewDialog } from "../directory/PreviewDialog";
import { useDirectory } from "../directory/queries";
import { Runs } from "../directory/Runs";
import { StateOf } from "../directory/StateOf";
import { TestDialog } from "../directory/TestDialog";
import { useBoard } from "../shell/notices";
import { Failure, Waiting } from "../shell/parts";
import { useWord } from "../shell/useWord";
import { texts } from "../texts/directory";

type Found = Tagged<Schemas["Directory"]>;
type Doing = "test" | "preview" | "connect" | "disconnect" | "forget";

/** The directory that decides who is in an account: how it is reached, what it gives, what it did and what it asks. */
export default function Directory() {
  const { id, account } = useAccount();
  const may = useRoles().roles.allow("FullAccess", id);
  const { directory, again } = useDirectory(id);
  if (directory.isLoadingError) return <Failure error={directory.error} again={() => void directory.refetch()} />;
  if (directory.isPending || !account) return <Waiting />;
  const found = directory.data;
  if (!found) return <Begin account={account} may={may} />;
  return (
    <SpaceBetween size="m">
      {directory.error && <Failure error={directory.error} again={() => void directory.refetch()} />}
      <SetUp account={id} found={found} may={may} again={() => void again()} />
    </SpaceBetween>
  );
}

function SetUp({ account, found, may, again }: {
  account: string;
  found: Found;
  may: boolean;
  again: () => void;
}) {
  const [tab, setTab] = useWord("tab");
  const [doing, setDoing] = useState<Doing>();
  const { body: directory } = found;
  return (
    <ContentLayout header={
      <Header
        variant="h1"
        actions={<Actions account={account} found={found} may={may} choose={setDoing} again={again} />}
      >
        {texts.title}
      </Header>
    }>
      <Tabs
        ariaLabel={texts.title}
        activeTabId={tab || "state"}
        onChange={({ detail }) => setTab(detail.activeTabId === "state" ? "" : detail.activeTabId)}
        tabs={[
          { id: "state", label: texts.tabs.state,
            content: <StateOf account={account} directory={directory} may={may} /> },
          { id: "groups", label: texts.tabs.groups, content: (
            <SpaceBetween size="l">
              <Groups account={account} found={found} may={may} />
              <Brake account={account} found={found} may={may} />
            </SpaceBetween>
          ) },
          { id: "connection", label: texts.tabs.connection,
            content: <ConnectionFacts account={account} connection={directory.connection} may={may} /> },
          { id: "runs", label: texts.tabs.runs, content: <Runs account={account} /> },
        ]}
      />
      {doing && <Do account={account} doing={doing} again={again} close={() => setDoing(undefined)} />}
    </ContentLayout>
  );
}

/** What can be done with a directory that is set up; what cannot says why. */
function Actions({ account, found, may, choose, again }: {
  account: string;
  found: Found;
  may: boolean;
  choose: (doing: Doing) => void;
  again: () => void;
}) {
  const words = texts.do;
  const { say } = useBoard();
  const { connected, mappings } = found.body;
  const read = useMutation({
    mutationFn: () => answer(api.POST("/api/v1/accounts/{account}/directory/runs", { params: { path: { account } } })),
    onSuccess: () => {
      say({ type: "success", text: words.readSoon });
      again();
    },
    onError: (error) => say({ type: "error", text: error.message }),
  });
  const denied = may ? undefined : texts.needsFullAccess;
  const unmapped = mappings.length === 0 ? words.noGroups : undefined;
  const entry = (id: Doing, text: string, reason: string | undefined) =>
    ({ id, text, disabled: Boolean(denied ?? reason), disabledReason: denied ?? reason });
  return (
    <SpaceBetween direction="horizontal" size="xs">
      <ButtonDropdown
        items={[
          entry("disconnect", words.disconnect, connected ? undefined : words.notConnected),
          entry("forget", words.forget, connected ? words.alreadyConnected : undefined),
        ]}
        onItemClick={({ detail }) => choose(detail.id as Doing)}
      >
        {words.more}
      </ButtonDropdown>
      <Button disabled={!may} disabledReason={denied} onClick={() => choose("test")}>{words.test}</Button>
      {connected && (
        <Button disabled={!may} disabledReason={denied} loading={read.isPending} onClick={() => read.mutate()}>
          {words.readAll}
        </Button>
      )}
      {connected ? (
        <Button disabled={!may} disabledReason={denied} onClick={() => choose("preview")}>{words.preview}</Button>
      ) : (
        <Button
          variant="primary"
          disabled={!may || unmapped !== undefined}
          disabledReason={denied ?? unmapped}
          onClick={() => choose("connect")}
        >
          {words.connect}
        </Button>
      )}
    </SpaceBetween>
  );
}

/** The dialog of what was chosen. */
function Do({ account, doing, again, close }: {
  account: string;
  doing: Doing;
  again: () => void;
  close: () => void;
}) {
  const { say } = useBoard();
  if (doing === "test") return <TestDialog account={account} proposed={{}} close={close} />;
  if (doing === "preview") return <PreviewDialog account={account} proposed={{}} close={close} />;
  if (doing === "disconnect") return <Disconnect account={account} close={close} />;
  if (doing === "forget") return <Forget account={account} close={close} />;
  return (
    <PreviewDialog
      account={account}
      proposed={{}}
      close={close}
      then={{
        title: texts.preview.titleConnect,
        confirm: texts.preview.connect,
        agree: true,
        act: (agreed) => answer(api.POST("/api/v1/accounts/{account}/directory/connect", {
          params: { path: { account } },
          body: { agreed },
        })),
        done: () => {
          say({ type: "success", text: texts.preview.connected });
          close();
          again();
        },
      }}
    />
  );
}
