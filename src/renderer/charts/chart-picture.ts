import type { ChartConfiguration, ChartType } from 'chart.js';

/** A chart before it is drawn. */
export type ChartPicture<Type extends ChartType> = {
  configuration: ChartConfiguration<Type>;
  heightPx: number;
  /** Everything that the chart says, for those who do not see it. */
  description: string;
  /** What a reader has to know to read it rightly: sentences. */
  remarks: string[];
};
