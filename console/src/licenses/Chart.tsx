import { BarChart, Box } from "@cloudscape-design/components";
import { texts } from "../texts";
import { licenses } from "../texts/licenses";
import { columns, monthName, sum, type Totals } from "./months";

const words = licenses.report;

/** License-days of some months, the oldest first; a table beside it has the same figures. */
export default function Chart({ months, loading }: { months: Totals[]; loading: boolean }) {
  const names = months.map(({ month }) => monthName(month));
  const highest = Math.max(1, ...months.map(({ days }) => sum(days)));
  return (
    <BarChart
      stackedBars
      hideFilter
      height={220}
      statusType={loading ? "loading" : "finished"}
      loadingText={texts.loading}
      ariaLabel={words.title}
      ariaDescription={words.chart(names.join(", "))}
      xTitle={words.month}
      yTitle={words.days}
      xDomain={names}
      yDomain={[0, highest]}
      yTickFormatter={texts.number}
      series={columns.map(({ id, name }) => ({
        type: "bar",
        title: name,
        valueFormatter: texts.number,
        data: months.map(({ days }, at) => ({ x: names[at] ?? "", y: days[id] })),
      }))}
      empty={<Box textAlign="center">{words.empty}</Box>}
      i18nStrings={{
        legendAriaLabel: words.legend,
        chartAriaRoleDescription: words.chartRole,
        xAxisAriaRoleDescription: words.xAxis,
        yAxisAriaRoleDescription: words.yAxis,
        detailPopoverDismissAriaLabel: words.close,
      }}
    />
  );
}
