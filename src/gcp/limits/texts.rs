//! What people read, and the labels that they filter by.

use super::Kept::{Always, Reported};
use super::Source::{self, Reference};
use super::limits;

/// The comments of `google/monitoring/v3/alert.proto` (googleapis, 2026-08-22).
const ALERT: Source = Reference("alert.proto");
/// The comments of `alert.proto` and of `service.proto`, which say the same.
const BOTH: Source = Reference("alert.proto and service.proto");

limits! {
    DISPLAY_NAME_MAX: usize = 512, "characters", AtMost, ALERT, Reported("GK504"),
        "The display name of a policy, a condition, a service or an SLO";
    DOCUMENTATION_MAX_CHARACTERS: usize = 8_192, "characters", AtMost, ALERT, Reported("GK504"),
        "The text of an alert (`documentation.content`)";
    DOCUMENTATION_MAX_BYTES: usize = 10_240, "bytes of UTF-8", AtMost, ALERT, Reported("GK504"),
        "The text of an alert (`documentation.content`)";
    SUBJECT_MAX_BYTES: usize = 255, "bytes of UTF-8", AtMost, ALERT, Reported("GK504"),
        "The subject of an alert, which is cut there";
    SUBJECT_WRITTEN_MAX_BYTES: usize = 10_240, "bytes of UTF-8", AtMost, ALERT,
        Always("a subject that is not cut is shorter"),
        "The subject of an alert, as it is written";
    LINKS_MAX: usize = 3, "links", AtMost, ALERT, Reported("GK506"),
        "Links in an alert";
    LINK_NAME_MIN: usize = 1, "characters", AtLeast, ALERT, Reported("GK506"),
        "The name of a link";
    LINK_NAME_MAX: usize = 63, "characters", AtMost, ALERT, Reported("GK506"),
        "The name of a link";
    LINK_URL_MAX: usize = 2_083, "characters", AtMost, ALERT, Reported("GK506"),
        "The address of a link";
    LABELS_MAX: usize = 64, "labels", AtMost, BOTH, Reported("GK503"),
        "Labels of a policy, a service or an SLO";
    LABEL_MAX: usize = 63, "characters", AtMost, BOTH, Reported("GK503"),
        "The key or the value of a label";
    LABEL_MAX_BYTES: usize = 128, "bytes of UTF-8", AtMost, BOTH, Reported("GK503"),
        "The key or the value of a label";
}
