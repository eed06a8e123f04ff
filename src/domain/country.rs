//! The countries that can be answered (ISO 3166-1, plus XK and EU).

/// A country.
#[derive(Debug, PartialEq, Eq, Hash)]
pub struct Country {
    /// ISO 3166-1 alpha-2, `XK` for Kosovo, `EU` for the European Union's institutions.
    pub alpha2: &'static str,
    /// ISO 3166-1 alpha-3, `XKX`, `EUE`.
    pub alpha3: &'static str,
    /// English short name.
    pub name: &'static str,
}

impl Country {
    /// All countries, by alpha-2.
    pub fn all() -> &'static [Country] {
        &COUNTRIES
    }

    pub fn from_alpha2(alpha2: &str) -> Option<&'static Country> {
        let at = COUNTRIES
            .binary_search_by_key(&alpha2, |c| c.alpha2)
            .ok()?;
        Some(&COUNTRIES[at])
    }
}

static COUNTRIES: [Country; 1] = [Country {
    alpha2: "KG",
    alpha3: "KGZ",
    name: "Kyrgyzstan",
}];
