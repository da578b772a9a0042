// What a dashboard of Genkai may be: Grafana's own types, as strict as they can be made.
//
// Grafana's types are written for code that reads dashboards. Here they judge JSON, so enums take the text of their
// members, keys that no type names are errors, and what Genkai promises always to write is required.

import type * as grafana from "@grafana/schema";
import type * as cloud from "@grafana/schema/dist/esm/raw/composable/googlecloudmonitoring/dataquery/x/GoogleCloudMonitoringDataQuery_types.gen";
import type * as stat from "@grafana/schema/dist/esm/raw/composable/stat/panelcfg/x/StatPanelCfg_types.gen";
import type * as text from "@grafana/schema/dist/esm/raw/composable/text/panelcfg/x/TextPanelCfg_types.gen";
import type * as timeseries from "@grafana/schema/dist/esm/raw/composable/timeseries/panelcfg/x/TimeSeriesPanelCfg_types.gen";

/** `T` as JSON: the texts of its enums, and only the keys that it names. */
type Json<T> = 0 extends 1 & T
  ? unknown
  : T extends string
    ? `${T}`
    : T extends number | boolean | null | undefined
      ? T
      : T extends readonly (infer Item)[]
        ? Json<Item>[]
        : T extends object
          ? { [Key in keyof T as string extends Key ? never : Key]: Json<T[Key]> }
          : T;

/** Some keys of `T`, which must be there. */
type Must<T, Key extends keyof T> = { [K in Key]-?: Exclude<T[K], undefined> };

type Merge<T, Other> = Omit<T, keyof Other> & Other;

type Datasource = { type: "stackdriver"; uid: "${datasource}" };

// Without an alignment period the data source's back end panics, and for a burn rate without a look-back.
type SloQuery = Merge<Json<cloud.SLOQuery>, { alignmentPeriod: string; perSeriesAligner: `${cloud.AlignmentTypes}` }>;
type BurnRate = Merge<SloQuery, { selectorName: "select_slo_burn_rate"; lookbackPeriod: string }>;
type OtherSlo = Merge<
  SloQuery,
  { selectorName: "select_slo_health" | "select_slo_compliance" | "select_slo_budget_fraction"; lookbackPeriod?: never }
>;

type TimeSeriesList = Merge<
  Json<cloud.TimeSeriesList>,
  { alignmentPeriod: string; perSeriesAligner: `${cloud.AlignmentTypes}`; filters: string[] }
>;

type Sub = "sloQuery" | "timeSeriesList" | "timeSeriesQuery" | "promQLQuery" | "queryType" | "datasource";
type Common = Omit<Json<cloud.CloudMonitoringQuery>, Sub> & { datasource: Datasource };
type Target = Common &
  (
    | { queryType: `${cloud.QueryType.SLO}`; sloQuery: BurnRate | OtherSlo }
    | { queryType: `${cloud.QueryType.TIME_SERIES_LIST}`; timeSeriesList: TimeSeriesList }
    // Provisioned PromQL is taken for a legacy query unless it has a companion (grafana/grafana#128253).
    | { queryType: `${cloud.QueryType.PROMQL}`; promQLQuery: Json<cloud.PromQLQuery>; timeSeriesList: TimeSeriesList }
  );

// The plugin's own types (`src/types.ts` of grafana/google-bigquery-datasource) are in no package.
type BigQuery = { type: "grafana-bigquery-datasource"; uid: "${bigquery}" };
type Sql = {
  refId: string;
  datasource: BigQuery;
  editorMode: "code" | "builder";
  rawQuery: true;
  format: 0 | 1;
  location: string;
  rawSql: string;
};

type FieldConfig<Custom> = Merge<
  Json<grafana.FieldConfigSource>,
  { defaults: Merge<Json<grafana.FieldConfig>, { unit: string; custom?: Custom }> }
>;

type Frame = Omit<
  Json<grafana.Panel>,
  "type" | "options" | "fieldConfig" | "targets" | "datasource" | "id" | "title" | "description" | "gridPos"
> &
  Json<Must<grafana.Panel, "id" | "title" | "description" | "gridPos">>;

type Queries = { datasource: Datasource; targets: Target[] } | { datasource: BigQuery; targets: Sql[] };
type Panel =
  | (Frame & { type: "text"; options: Json<text.Options> })
  | (Frame & Queries & { type: "stat"; options: Json<stat.Options>; fieldConfig: FieldConfig<never> })
  | (Frame &
      Queries & {
        type: "timeseries";
        options: Json<timeseries.Options>;
        fieldConfig: FieldConfig<Json<timeseries.FieldConfig>>;
      });

type Always = "uid" | "title" | "description" | "tags" | "time" | "timezone" | "refresh" | "graphTooltip" | "links";

export type Dashboard = Omit<
  Json<grafana.Dashboard>,
  Always | "schemaVersion" | "editable" | "panels" | "templating" | "annotations" | "id" | "version"
> &
  Json<Must<grafana.Dashboard, Always>> & {
    schemaVersion: 42;
    editable: false;
    panels: (Panel | Json<grafana.RowPanel>)[];
    templating: { list: Json<grafana.VariableModel>[] };
    annotations: { list: Json<grafana.AnnotationQuery>[] };
  };
