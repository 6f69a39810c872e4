import { ColumnLayout, ContentLayout, Header, SegmentedControl, SpaceBetween } from "@cloudscape-design/components";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { Facts } from "../health/Facts";
import { Plot } from "../health/Plot";
import { Messages, Reasons, Routes, Tasks } from "../health/Tables";
import { measuresQuery, readyQuery, type Look } from "../health/measures";
import type { Sample } from "../health/prometheus";
import { ages, connections, decisions, latency, outbox, requests } from "../health/series";
import { Failure, Waiting } from "../shell/parts";
import { useWord } from "../shell/useWord";
import { texts } from "../texts";
import { words } from "../texts/health";

/** How the server is doing: what stands now, and how it went while this page is open. */
export default function Health() {
  const queries = useQueryClient();
  const ready = useQuery(readyQuery);
  const measured = useQuery(measuresQuery(queries));
  const [view, setView] = useWord("view");
  const told = measured.data;
  const asTable = view === "table";
  return (
    <ContentLayout header={
      <Header
        variant="h1"
        description={words.description}
        actions={told && (
          <SegmentedControl
            label={words.view}
            selectedId={asTable ? "table" : "plot"}
            options={[{ id: "plot", text: words.asPlot }, { id: "table", text: words.asTable }]}
            onChange={({ detail }) => setView(detail.selectedId === "table" ? "table" : "")}
          />
        )}
      >
        {texts.health.title}
      </Header>
    }>
      <SpaceBetween size="l">
        {(ready.isPending || measured.isPending) && <Waiting />}
        {ready.error && <Failure error={ready.error} again={() => void ready.refetch()} />}
        {ready.data !== undefined && <Facts isReady={ready.data} samples={told?.samples} />}
        {measured.error && !ready.error && <Failure error={measured.error} again={() => void measured.refetch()} />}
        {told && <Plots looks={told.looks} asTable={asTable} />}
        {told && <Tables samples={told.samples} />}
      </SpaceBetween>
    </ContentLayout>
  );
}

function Plots({ looks, asTable }: { looks: Look[]; asTable: boolean }) {
  return (
    <ColumnLayout columns={2} minColumnWidth={320}>
      <Plot {...words.decisions} lines={decisions(looks)} asTable={asTable} />
      <Plot {...words.requests} lines={requests(looks)} asTable={asTable} />
      <Plot {...words.latency} lines={latency(looks)} asTable={asTable} />
      <Plot {...words.outbox} lines={outbox(looks)} asTable={asTable} />
      <Plot {...words.ages} lines={ages(looks)} asTable={asTable} />
      <Plot {...words.connections} lines={connections(looks)} asTable={asTable} />
    </ColumnLayout>
  );
}

function Tables({ samples }: { samples: Sample[] }) {
  return (
    <SpaceBetween size="l">
      <ColumnLayout columns={2} minColumnWidth={320}>
        <Messages samples={samples} />
        <Reasons samples={samples} />
      </ColumnLayout>
      <Routes samples={samples} />
      <Tasks samples={samples} />
    </SpaceBetween>
  );
}
