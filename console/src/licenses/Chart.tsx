import { BarChart, Box } from "@cloudscape-design/components";
import { texts } from "../texts";
import { licenses } from "../texts/licenses";
import { columns, monthName, sum, type Totals } from "./months";

const words = licenses.report;

/** License-days of some months, of those that are known; a table beside it has the same figures. */
export default function Chart({ months, known }: { months: string[]; known: Totals[] }) {
  const names = months.map(monthName).reverse();
  const highest = Math.max(1, ...known.map(({ days }) => sum(days)));
  return (
    <BarChart
      stackedBars
      hideFilter
      height={220}
      statusType="finished"
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
        data: known.map(({ month, days }) => ({ x: monthName(month), y: days[id] })),
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
