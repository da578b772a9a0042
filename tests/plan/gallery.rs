//! The gallery in `docs/plan/`: what `genkai plan` says about realistic pull requests on the worked example.

use crate::plan::edit::{ROOT, edited, planned, sound, texts};
use genkai::plan::report;
use std::fs;
use std::path::Path;

pub const RENAME: &str = "--- slo-specs/sales/daily.yaml\n-  name: sales-daily\n+  name: sales-morning\n+  renamedFrom: [sales-daily]\n";

/// File, title, what it is about, and the edit.
const GALLERY: [(&str, &str, &str, &str); 6] = [
    (
        "weaker-target",
        "A weaker target",
        "Somebody lowers the target of a daily DAG, because it failed twice this month.",
        "--- slo-specs/sales/daily.yaml\n-    success: {target: 95%}\n+    success: {target: 85%}\n",
    ),
    ("renamed-dag", "A renamed document", "A document gets another name, and says which it had.", RENAME),
    (
        "removed-channel",
        "A channel less for an owner",
        "The sales lead does not want to be woken any longer.",
        "--- slo-specs/project.yaml\n-      page: [oncall, sales-lead]\n+      page: [oncall]\n",
    ),
    (
        "new-calendar",
        "A new Calendar",
        "The warehouses close on national holidays, so the DAG that counts their stock follows a Calendar of its own.",
        "--- slo-specs/logistics/calendar.yaml\n+apiVersion: genkai.dev/v1\n+kind: Calendar\n+metadata: {name: warehouse-days, owner: logistics-jp}\n+spec:\n+  from: 2026-01-01\n+  through: 2027-12-31\n+  holidays: japan\n+  weekend: [sunday]\n--- slo-specs/logistics/shipments.yaml\n-  schedule: {cron: \"0 7 * * 1-6\"}\n+  schedule: {cron: \"0 7 * * 1-6\", calendar: warehouse-days}\n",
    ),
    (
        "null-ratios",
        "Quieter NULL-ratio checks",
        "A campaign leaves more orders without a coupon, a column is about to be dropped, and empty days are known on weekends.",
        "--- slo-specs/data-platform/null-ratios.yaml\n-  empty: page\n+  empty: ticket\n-    coupon_code: {atMost: 40%, rise: {moreThan: 5pt, over: 28d, floor: 1%, minDays: 5}} # genkai: allow GK422 until 2027-12-31: open weekends are rare\n+    coupon_code: {atMost: 60%, rise: {moreThan: 10pt, over: 28d, floor: 1%, minDays: 5}} # genkai: allow GK422 until 2027-12-31: open weekends are rare\n-    address.zip: {atMost: 2%, severity: ticket}\n",
    ),
    (
        "bulk-edit",
        "A bulk edit",
        "All targets of 95% and of 90% become 85%, in every file: the specs of two environments.",
        "--- *\n-target: 95%\n+target: 85%\n--- *\n-target: 90%\n+target: 85%\n",
    ),
];

#[test]
fn the_gallery_shows_what_the_plan_says() {
    for (file, title, about, edit) in GALLERY {
        let head = sound(&edited(edit));
        let comment = report::markdown::render(&planned(&head), texts(&head)).unwrap();
        let page = format!(
            "# {title}\n\n{about}\n\n```diff\n{}\n```\n\nThe comment:\n\n---\n\n{comment}",
            edit.trim_end()
        );
        let path = Path::new(ROOT).join("docs/plan").join(format!("{file}.md"));
        if std::env::var_os("UPDATE_DOCS").is_some() {
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(&path, &page).unwrap();
        }
        assert_eq!(fs::read_to_string(&path).unwrap_or_default(), page, "run with UPDATE_DOCS=1");
    }
}
