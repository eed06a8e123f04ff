//! The cross-walk from our event types to CAMEO, ACLED and IPTC.

use super::EventType;

/// Version of the label set and of the cross-walk below; raised when either changes.
pub const VERSION: &str = "2026.11";

/// How a label of another taxonomy stands to ours.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Relation {
    Exact,
    Broader,
    Narrower,
    None,
}

/// One entry of the cross-walk.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Mapping {
    /// `CAMEO`, `ACLED` or `IPTC`.
    pub taxonomy: &'static str,
    /// Empty where the relation is `None`.
    pub code: &'static str,
    pub name: &'static str,
    pub relation: Relation,
    /// What else must hold; may be empty.
    pub requires: &'static str,
}

/// The counterparts of an event type: at least one entry per taxonomy.
pub fn mappings(event_type: EventType) -> &'static [Mapping] {
    let _ = event_type;
    &[]
}
