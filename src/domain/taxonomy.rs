//! The cross-walk from our event types to CAMEO, ACLED and IPTC.
//!
//! Sources: CAMEO roots after the PLOVER project's CAMEO-to-PLOVER table of 2021, read backwards (our first sixteen
//! types are PLOVER's); IPTC Media Topics, top level. No published table leads to ACLED: those entries are our own
//! proposal. ACLED codes depend on who acts and who suffers, so `requires` says what a text-only reader cannot know.

use super::EventType;

/// Version of the label set and of the cross-walk below; raised when either changes.
pub const VERSION: &str = "2026.11";

/// How a label of another taxonomy stands to ours.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Relation {
    /// The two mean the same.
    Exact,
    /// The other label is wider than ours.
    Broader,
    /// The other label covers only a part of ours.
    Narrower,
    /// The other taxonomy has no counterpart.
    None,
}

/// One entry of the cross-walk.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Mapping {
    /// `CAMEO`, `ACLED` or `IPTC`.
    pub taxonomy: &'static str,
    /// CAMEO root (`14`), ACLED event type (`Protests`) or IPTC topic (`medtop:16000000`); empty where the relation is
    /// `None`.
    pub code: &'static str,
    /// The name that taxonomy gives the code; empty where the relation is `None`.
    pub name: &'static str,
    pub relation: Relation,
    /// What else must hold; may be empty.
    pub requires: &'static str,
}

/// The counterparts of an event type: at least one entry per taxonomy.
///
/// Where a part of a type maps one way and the rest another, each entry's relation is `Narrower` and `requires` names
/// the part.
pub fn mappings(event_type: EventType) -> &'static [Mapping] {
    match event_type {
        EventType::Agree => {
            const {
                &[
                    cameo("03", Exact, ""),
                    acled(STRATEGIC, Narrower, PEACE_DEAL),
                    iptc(POLITICS, Broader, ""),
                ]
            }
        }
        EventType::Consult => {
            const {
                &[
                    cameo("04", Exact, ""),
                    NO_ACLED,
                    iptc(POLITICS, Broader, ""),
                ]
            }
        }
        EventType::Support => {
            const {
                &[
                    cameo("05", Exact, ""),
                    acled(STRATEGIC, Narrower, PEACE_DEAL),
                    iptc(POLITICS, Broader, ""),
                ]
            }
        }
        EventType::Concede => {
            const {
                &[
                    cameo(
                        "08",
                        Broader,
                        "the giving-in is in words or by decision (080 to 083)",
                    ),
                    NO_ACLED,
                    iptc(POLITICS, Broader, ""),
                ]
            }
        }
        EventType::Cooperate => {
            const {
                &[
                    cameo("06", Exact, ""),
                    NO_ACLED,
                    iptc(POLITICS, Broader, ""),
                    iptc(ECONOMY, Broader, "the exchange is trade"),
                    iptc(CONFLICT, Broader, "the exchange is military"),
                ]
            }
        }
        EventType::Aid => {
            const {
                &[
                    cameo("07", Exact, ""),
                    NO_ACLED,
                    iptc(POLITICS, Broader, ""),
                    iptc(SOCIETY, Broader, "the aid is humanitarian"),
                ]
            }
        }
        EventType::Retreat => {
            const {
                &[
                    cameo(
                        "08",
                        Broader,
                        "the giving-in is physical (084 to 087, 0813, 0814)",
                    ),
                    acled(
                        STRATEGIC,
                        Narrower,
                        "a ceasefire, a disarmament or a transfer of territory without violence",
                    ),
                    iptc(CONFLICT, Broader, ""),
                    iptc(POLITICS, Broader, "a resignation"),
                ]
            }
        }
        EventType::Request => {
            const {
                &[
                    cameo("10", Exact, ""),
                    NO_ACLED,
                    iptc(POLITICS, Broader, ""),
                ]
            }
        }
        EventType::Accuse => {
            const {
                &[
                    cameo("11", Narrower, "criticism or an allegation"),
                    cameo("09", Narrower, "an investigation"),
                    NO_ACLED,
                    iptc(POLITICS, Broader, ""),
                    iptc(CRIME, Broader, "a lawsuit or an investigation"),
                ]
            }
        }
        EventType::Reject => {
            const {
                &[
                    cameo("12", Exact, ""),
                    NO_ACLED,
                    iptc(POLITICS, Broader, ""),
                ]
            }
        }
        EventType::Threaten => {
            const {
                &[
                    cameo("13", Exact, ""),
                    NO_ACLED,
                    iptc(POLITICS, Broader, ""),
                    iptc(CONFLICT, Broader, "a threat of force"),
                ]
            }
        }
        EventType::Protest => {
            const {
                &[
                    cameo("14", Exact, ""),
                    acled(PROTESTS, Narrower, "people gather and are not violent"),
                    acled(RIOTS, Narrower, "the crowd is violent"),
                    iptc(POLITICS, Broader, ""),
                    iptc(LABOUR, Broader, "a strike over work"),
                ]
            }
        }
        EventType::Sanction => {
            const {
                &[
                    cameo(
                        "16",
                        Broader,
                        "no embargo in the sense of CAMEO 163, which PLOVER's table counts as coercion",
                    ),
                    NO_ACLED,
                    iptc(POLITICS, Broader, ""),
                    iptc(ECONOMY, Broader, "economic sanctions or tariffs"),
                ]
            }
        }
        EventType::Mobilize => {
            const {
                &[
                    cameo("15", Exact, ""),
                    acled(STRATEGIC, Narrower, "a headquarters or base is established"),
                    iptc(CONFLICT, Broader, ""),
                ]
            }
        }
        EventType::Coerce => {
            const {
                &[
                    cameo(
                        "17",
                        Broader,
                        "no destruction of property (1712) and no violent repression (175)",
                    ),
                    cameo("16", Narrower, "an embargo or sanctions (163)"),
                    cameo("19", Narrower, "a blockade or an occupation (191, 192)"),
                    acled(
                        STRATEGIC,
                        Narrower,
                        "politically significant arrests, a seizure of weapons or a bloodless change of control",
                    ),
                    iptc(POLITICS, Broader, ""),
                    iptc(CRIME, Broader, "arrests or raids"),
                ]
            }
        }
        EventType::Assault => {
            const {
                &[
                    cameo("18", Narrower, "an attack short of armed conflict"),
                    cameo(
                        "19",
                        Narrower,
                        "armed conflict; no blockade or occupation (191, 192)",
                    ),
                    cameo(
                        "20",
                        Narrower,
                        "mass killing or weapons of mass destruction",
                    ),
                    cameo(
                        "17",
                        Narrower,
                        "destruction of property or violent repression (1712, 175)",
                    ),
                    acled(BATTLES, Narrower, "both sides are organised armed groups"),
                    acled(
                        EXPLOSIONS,
                        Narrower,
                        "only one side uses bombs, shells, missiles, mines or drones",
                    ),
                    acled(
                        CIVILIANS,
                        Narrower,
                        "an organised armed group attacks unarmed civilians",
                    ),
                    acled(RIOTS, Narrower, "a mob without organisation attacks"),
                    acled(
                        PROTESTS,
                        Narrower,
                        "excessive force against peaceful protesters",
                    ),
                    iptc(CONFLICT, Broader, ""),
                ]
            }
        }
        EventType::Election => const { &[NO_CAMEO, NO_ACLED, iptc(POLITICS, Broader, "")] },
        EventType::Disaster => {
            const {
                &[
                    NO_CAMEO,
                    NO_ACLED,
                    iptc(EMERGENCY, Broader, ""),
                    iptc(WEATHER, Broader, "the hazard is weather"),
                ]
            }
        }
        EventType::Accident => const { &[NO_CAMEO, NO_ACLED, iptc(EMERGENCY, Broader, "")] },
        EventType::Crime => const { &[NO_CAMEO, NO_ACLED, iptc(CRIME, Broader, "")] },
        EventType::Health => const { &[NO_CAMEO, NO_ACLED, iptc(HEALTH, Exact, "")] },
        EventType::Economy => const { &[NO_CAMEO, NO_ACLED, iptc(ECONOMY, Exact, "")] },
        EventType::Other => {
            const {
                &[
                    NO_CAMEO,
                    NO_ACLED,
                    iptc(CULTURE, Narrower, "the matter is culture or media"),
                    iptc(EDUCATION, Narrower, "the matter is education"),
                    iptc(HUMAN_INTEREST, Narrower, "the matter is of human interest"),
                    iptc(LIFESTYLE, Narrower, "the matter is lifestyle or leisure"),
                    iptc(RELIGION, Narrower, "the matter is religion"),
                    iptc(SCIENCE, Narrower, "the matter is science or technology"),
                    iptc(SPORT, Narrower, "the matter is sport"),
                ]
            }
        }
    }
}

use Relation::{Broader, Exact, Narrower};

const PEACE_DEAL: &str = "an agreement between parties to a conflict";

const BATTLES: &str = "Battles";
const EXPLOSIONS: &str = "Explosions/Remote violence";
const CIVILIANS: &str = "Violence against civilians";
const PROTESTS: &str = "Protests";
const RIOTS: &str = "Riots";
const STRATEGIC: &str = "Strategic developments";

/// Code and name of a Media Topic.
type Topic = (&'static str, &'static str);
const CULTURE: Topic = ("medtop:01000000", "arts, culture, entertainment and media");
const CRIME: Topic = ("medtop:02000000", "crime, law and justice");
const EMERGENCY: Topic = (
    "medtop:03000000",
    "disaster, accident and emergency incident",
);
const ECONOMY: Topic = ("medtop:04000000", "economy, business and finance");
const EDUCATION: Topic = ("medtop:05000000", "education");
const HEALTH: Topic = ("medtop:07000000", "health");
const HUMAN_INTEREST: Topic = ("medtop:08000000", "human interest");
const LABOUR: Topic = ("medtop:09000000", "labour");
const LIFESTYLE: Topic = ("medtop:10000000", "lifestyle and leisure");
const POLITICS: Topic = ("medtop:11000000", "politics");
const RELIGION: Topic = ("medtop:12000000", "religion");
const SCIENCE: Topic = ("medtop:13000000", "science and technology");
const SOCIETY: Topic = ("medtop:14000000", "society");
const SPORT: Topic = ("medtop:15000000", "sport");
const CONFLICT: Topic = ("medtop:16000000", "conflict, war and peace");
const WEATHER: Topic = ("medtop:17000000", "weather");

const NO_CAMEO: Mapping = nothing("CAMEO");
const NO_ACLED: Mapping = nothing("ACLED");

/// A CAMEO root code with its name.
const fn cameo(code: &'static str, relation: Relation, requires: &'static str) -> Mapping {
    let name = match code.as_bytes() {
        b"03" => "express intent to cooperate",
        b"04" => "consult",
        b"05" => "engage in diplomatic cooperation",
        b"06" => "engage in material cooperation",
        b"07" => "provide aid",
        b"08" => "yield",
        b"09" => "investigate",
        b"10" => "demand",
        b"11" => "disapprove",
        b"12" => "reject",
        b"13" => "threaten",
        b"14" => "protest",
        b"15" => "exhibit force posture",
        b"16" => "reduce relations",
        b"17" => "coerce",
        b"18" => "assault",
        b"19" => "fight",
        b"20" => "use unconventional mass violence",
        // Roots 01 and 02 (statements, appeals) have no PLOVER type. Evaluated when compiling.
        _ => panic!("no CAMEO root that maps to a type"),
    };
    Mapping {
        taxonomy: "CAMEO",
        code,
        name,
        relation,
        requires,
    }
}

/// ACLED's event types are their own codes.
const fn acled(code: &'static str, relation: Relation, requires: &'static str) -> Mapping {
    Mapping {
        taxonomy: "ACLED",
        code,
        name: code,
        relation,
        requires,
    }
}

const fn iptc((code, name): Topic, relation: Relation, requires: &'static str) -> Mapping {
    Mapping {
        taxonomy: "IPTC",
        code,
        name,
        relation,
        requires,
    }
}

const fn nothing(taxonomy: &'static str) -> Mapping {
    Mapping {
        taxonomy,
        code: "",
        name: "",
        relation: Relation::None,
        requires: "",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ACLED: [&str; 6] = [BATTLES, EXPLOSIONS, CIVILIANS, PROTESTS, RIOTS, STRATEGIC];

    fn all() -> impl Iterator<Item = (EventType, &'static Mapping)> {
        EventType::ALL
            .into_iter()
            .flat_map(|t| mappings(t).iter().map(move |m| (t, m)))
    }

    #[test]
    fn every_type_has_every_taxonomy() {
        for t in EventType::ALL {
            for taxonomy in ["CAMEO", "ACLED", "IPTC"] {
                assert!(
                    mappings(t).iter().any(|m| m.taxonomy == taxonomy),
                    "{} {taxonomy}",
                    t.name()
                );
            }
        }
    }

    #[test]
    fn codes_are_those_of_their_taxonomy() {
        for (t, m) in all().filter(|(_, m)| m.relation != Relation::None) {
            let valid = match m.taxonomy {
                "CAMEO" => m.code.len() == 2 && (1..=20).contains(&m.code.parse::<u8>().unwrap()),
                "ACLED" => ACLED.contains(&m.code),
                "IPTC" => m.code.strip_prefix("medtop:").is_some_and(|c| {
                    c.len() == 8
                        && c.ends_with("000000")
                        && (1..=17).contains(&c[..2].parse::<u8>().unwrap())
                }),
                _ => false,
            };
            assert!(valid && !m.name.is_empty(), "{}: {m:?}", t.name());
        }
    }

    #[test]
    fn no_code_means_no_relation_and_stands_alone() {
        for (t, m) in all() {
            assert_eq!(
                m.relation == Relation::None,
                m.code.is_empty(),
                "{}: {m:?}",
                t.name()
            );
            if m.code.is_empty() {
                let others = mappings(t).iter().filter(|o| o.taxonomy == m.taxonomy);
                assert_eq!(others.count(), 1, "{}: {m:?}", t.name());
            }
        }
    }

    #[test]
    fn an_exact_counterpart_belongs_to_one_type_and_has_no_rival() {
        for (t, m) in all().filter(|(_, m)| m.relation == Relation::Exact) {
            assert!(m.requires.is_empty(), "{}: {m:?}", t.name());
            let exact = all().filter(|(_, o)| {
                o.taxonomy == m.taxonomy && o.code == m.code && o.relation == Relation::Exact
            });
            assert_eq!(exact.count(), 1, "{}", m.code);
            assert_eq!(
                mappings(t)
                    .iter()
                    .filter(|o| o.taxonomy == m.taxonomy)
                    .count(),
                1,
                "{}",
                t.name()
            );
        }
    }

    #[test]
    fn every_cameo_root_but_statements_and_appeals_is_reached() {
        for root in 3..=20 {
            let code = format!("{root:02}");
            assert!(
                all().any(|(_, m)| m.taxonomy == "CAMEO" && m.code == code),
                "{code}"
            );
        }
        assert!(!all().any(|(_, m)| m.taxonomy == "CAMEO" && ["01", "02"].contains(&m.code)));
    }
}
