//! The taxonomy for people and for machines.

use std::fmt::Write;

use serde::Serialize;

use crate::domain::{
    Country, EventType,
    taxonomy::{self, Mapping, Relation},
};

/// The taxonomy as text, for a terminal.
pub fn text() -> String {
    let mut out = format!("Taxonomy {}\n\nEvent types\n", taxonomy::VERSION);
    for event_type in EventType::ALL {
        // Writing to a string does not fail.
        let _ = event_text(&mut out, event_type);
    }
    let _ = writeln!(out, "\nCountries");
    for country in Country::all() {
        let _ = writeln!(
            out,
            "  {}  {}  {}",
            country.alpha2, country.alpha3, country.name
        );
    }
    out
}

/// The taxonomy as one JSON object.
///
/// # Errors
/// None in practice; those of the encoder.
pub fn json() -> serde_json::Result<String> {
    serde_json::to_string_pretty(&Labels {
        taxonomy_version: taxonomy::VERSION,
        event_types: EventType::ALL.map(EventLabel::from).into(),
        countries: Country::all()
            .iter()
            .map(|c| CountryLabel {
                alpha2: c.alpha2,
                alpha3: c.alpha3,
                name: c.name,
            })
            .collect(),
    })
}

#[derive(Serialize)]
struct Labels {
    taxonomy_version: &'static str,
    event_types: Vec<EventLabel>,
    countries: Vec<CountryLabel>,
}

#[derive(Serialize)]
struct EventLabel {
    name: &'static str,
    definition: &'static str,
    quad_class: Option<&'static str>,
    modes: Vec<&'static str>,
    mappings: Vec<MappingLabel>,
}

#[derive(Serialize)]
struct MappingLabel {
    taxonomy: &'static str,
    code: &'static str,
    name: &'static str,
    relation: &'static str,
    requires: &'static str,
}

#[derive(Serialize)]
struct CountryLabel {
    alpha2: &'static str,
    alpha3: &'static str,
    name: &'static str,
}

impl From<EventType> for EventLabel {
    fn from(event_type: EventType) -> Self {
        Self {
            name: event_type.name(),
            definition: event_type.definition(),
            quad_class: event_type.quad_class().map(|q| q.name()),
            modes: event_type.modes().iter().map(|m| m.name()).collect(),
            mappings: taxonomy::mappings(event_type)
                .iter()
                .map(MappingLabel::from)
                .collect(),
        }
    }
}

impl From<&Mapping> for MappingLabel {
    fn from(mapping: &Mapping) -> Self {
        Self {
            taxonomy: mapping.taxonomy,
            code: mapping.code,
            name: mapping.name,
            relation: relation(mapping.relation),
            requires: mapping.requires,
        }
    }
}

fn relation(relation: Relation) -> &'static str {
    match relation {
        Relation::Exact => "exact",
        Relation::Broader => "broader",
        Relation::Narrower => "narrower",
        Relation::None => "none",
    }
}

fn event_text(out: &mut String, event_type: EventType) -> std::fmt::Result {
    let label = EventLabel::from(event_type);
    write!(out, "\n  {}", label.name)?;
    if let Some(class) = label.quad_class {
        write!(out, "  ({})", class.replace('_', " "))?;
    }
    writeln!(out, "\n    {}", label.definition)?;
    if !label.modes.is_empty() {
        writeln!(out, "    modes: {}", label.modes.join(", "))?;
    }
    for m in label.mappings {
        write!(out, "    {} {}", m.taxonomy, m.relation)?;
        if !m.code.is_empty() {
            write!(out, ": {} {}", m.code, m.name)?;
        }
        if !m.requires.is_empty() {
            write!(out, " (if {})", m.requires)?;
        }
        out.push('\n');
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_forms_name_every_label() {
        let (text, json) = (text(), json().unwrap());
        let json: serde_json::Value = serde_json::from_str(&json).unwrap();
        assert_eq!(
            json["event_types"].as_array().unwrap().len(),
            EventType::ALL.len()
        );
        assert_eq!(
            json["countries"].as_array().unwrap().len(),
            Country::all().len()
        );
        for (event_type, label) in EventType::ALL
            .iter()
            .zip(json["event_types"].as_array().unwrap())
        {
            assert_eq!(label["name"], event_type.name());
            assert!(text.contains(event_type.definition()));
            for mode in event_type.modes() {
                assert!(text.contains(mode.name()));
            }
        }
        for country in Country::all() {
            assert!(text.contains(country.name));
        }
    }
}
