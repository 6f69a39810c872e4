import { Box, Container, Header, LineChart, Table } from "@cloudscape-design/components";
import { Later } from "../shell/Later";
import { words } from "../texts/health";
import type { Line } from "./series";

const clock = new Intl.DateTimeFormat(undefined, { timeStyle: "medium" });
const figure = new Intl.NumberFormat(undefined, { maximumFractionDigits: 2 });

const told = (value: number) => figure.format(value);

/** Lines over the time that the page is open, or the same as a table. */
export function Plot({ title, unit, lines, asTable }: {
  title: string;
  unit: string;
  lines: Line[];
  asTable: boolean;
}) {
  const isEmpty = lines.every(({ data }) => data.length === 0);
  return (
    <Container fitHeight header={<Header variant="h2" description={unit}>{title}</Header>}>
      {asTable ? <Figures title={title} lines={lines} /> : (
        <Later>
          <LineChart
            series={lines.map((line) => ({ ...line, type: "line" as const, valueFormatter: told }))}
            height={180}
            hideFilter
            xScaleType="time"
            yDomain={[0, top(lines)]}
            xTickFormatter={(at) => clock.format(at)}
            i18nStrings={{ yTickFormatter: told }}
            ariaLabel={title}
            statusType={isEmpty ? "loading" : "finished"}
            loadingText={words.waiting}
            empty={<Box textAlign="center">{words.empty}</Box>}
          />
        </Later>
      )}
    </Container>
  );
}

/** Where the y axis ends: above everything, and never at nought. */
const top = (lines: Line[]) => Math.max(1, ...lines.flatMap(({ data }) => data.map(({ y }) => y))) * 1.1;

/** The most rows of a plot's table. */
const rows = 12;

function Figures({ title, lines }: { title: string; lines: Line[] }) {
  const times = [...new Set(lines.flatMap(({ data }) => data.map(({ x }) => x.getTime())))].sort().reverse();
  const at = (line: Line, time: number) => line.data.find(({ x }) => x.getTime() === time)?.y;
  return (
    <Table<number>
      variant="embedded"
      items={times.slice(0, rows)}
      trackBy={String}
      empty={words.waiting}
      ariaLabels={{ tableLabel: title, selectionGroupLabel: title }}
      columnDefinitions={[
        { id: "at", header: words.at, isRowHeader: true, cell: (time) => clock.format(time) },
        ...lines.map((line) => ({
          id: line.title,
          header: line.title,
          cell: (time: number) => {
            const value = at(line, time);
            return value === undefined ? words.none : figure.format(value);
          },
        })),
      ]}
    />
  );
}
