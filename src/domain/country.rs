//! The countries that can be answered (ISO 3166-1, plus XK and EU).

/// A country.
#[derive(Debug, PartialEq, Eq, Hash)]
pub struct Country {
    /// ISO 3166-1 alpha-2, `XK` for Kosovo, `EU` for the European Union's institutions.
    pub alpha2: &'static str,
    /// ISO 3166-1 alpha-3, `XKX`, `EUE`.
    pub alpha3: &'static str,
    /// English short name in its common form ("Russia", not "Russian Federation").
    pub name: &'static str,
}

impl Country {
    /// All countries, by alpha-2.
    pub fn all() -> &'static [Country] {
        &COUNTRIES
    }

    /// The country of an upper-case alpha-2 code.
    pub fn from_alpha2(alpha2: &str) -> Option<&'static Country> {
        let at = COUNTRIES.binary_search_by_key(&alpha2, |c| c.alpha2).ok()?;
        Some(&COUNTRIES[at])
    }
}

const fn country(alpha2: &'static str, alpha3: &'static str, name: &'static str) -> Country {
    Country {
        alpha2,
        alpha3,
        name,
    }
}

/// The 249 entries of ISO 3166-1, Kosovo (user-assigned XK) and the European Union (exceptionally reserved EU).
/// Names in common English form, after CLDR.
static COUNTRIES: [Country; 251] = [
    country("AD", "AND", "Andorra"),
    country("AE", "ARE", "United Arab Emirates"),
    country("AF", "AFG", "Afghanistan"),
    country("AG", "ATG", "Antigua and Barbuda"),
    country("AI", "AIA", "Anguilla"),
    country("AL", "ALB", "Albania"),
    country("AM", "ARM", "Armenia"),
    country("AO", "AGO", "Angola"),
    country("AQ", "ATA", "Antarctica"),
    country("AR", "ARG", "Argentina"),
    country("AS", "ASM", "American Samoa"),
    country("AT", "AUT", "Austria"),
    country("AU", "AUS", "Australia"),
    country("AW", "ABW", "Aruba"),
    country("AX", "ALA", "Åland Islands"),
    country("AZ", "AZE", "Azerbaijan"),
    country("BA", "BIH", "Bosnia and Herzegovina"),
    country("BB", "BRB", "Barbados"),
    country("BD", "BGD", "Bangladesh"),
    country("BE", "BEL", "Belgium"),
    country("BF", "BFA", "Burkina Faso"),
    country("BG", "BGR", "Bulgaria"),
    country("BH", "BHR", "Bahrain"),
    country("BI", "BDI", "Burundi"),
    country("BJ", "BEN", "Benin"),
    country("BL", "BLM", "Saint Barthélemy"),
    country("BM", "BMU", "Bermuda"),
    country("BN", "BRN", "Brunei"),
    country("BO", "BOL", "Bolivia"),
    country("BQ", "BES", "Caribbean Netherlands"),
    country("BR", "BRA", "Brazil"),
    country("BS", "BHS", "Bahamas"),
    country("BT", "BTN", "Bhutan"),
    country("BV", "BVT", "Bouvet Island"),
    country("BW", "BWA", "Botswana"),
    country("BY", "BLR", "Belarus"),
    country("BZ", "BLZ", "Belize"),
    country("CA", "CAN", "Canada"),
    country("CC", "CCK", "Cocos (Keeling) Islands"),
    country("CD", "COD", "DR Congo"),
    country("CF", "CAF", "Central African Republic"),
    country("CG", "COG", "Republic of the Congo"),
    country("CH", "CHE", "Switzerland"),
    country("CI", "CIV", "Côte d'Ivoire"),
    country("CK", "COK", "Cook Islands"),
    country("CL", "CHL", "Chile"),
    country("CM", "CMR", "Cameroon"),
    country("CN", "CHN", "China"),
    country("CO", "COL", "Colombia"),
    country("CR", "CRI", "Costa Rica"),
    country("CU", "CUB", "Cuba"),
    country("CV", "CPV", "Cape Verde"),
    country("CW", "CUW", "Curaçao"),
    country("CX", "CXR", "Christmas Island"),
    country("CY", "CYP", "Cyprus"),
    country("CZ", "CZE", "Czechia"),
    country("DE", "DEU", "Germany"),
    country("DJ", "DJI", "Djibouti"),
    country("DK", "DNK", "Denmark"),
    country("DM", "DMA", "Dominica"),
    country("DO", "DOM", "Dominican Republic"),
    country("DZ", "DZA", "Algeria"),
    country("EC", "ECU", "Ecuador"),
    country("EE", "EST", "Estonia"),
    country("EG", "EGY", "Egypt"),
    country("EH", "ESH", "Western Sahara"),
    country("ER", "ERI", "Eritrea"),
    country("ES", "ESP", "Spain"),
    country("ET", "ETH", "Ethiopia"),
    country("EU", "EUE", "European Union"),
    country("FI", "FIN", "Finland"),
    country("FJ", "FJI", "Fiji"),
    country("FK", "FLK", "Falkland Islands"),
    country("FM", "FSM", "Micronesia"),
    country("FO", "FRO", "Faroe Islands"),
    country("FR", "FRA", "France"),
    country("GA", "GAB", "Gabon"),
    country("GB", "GBR", "United Kingdom"),
    country("GD", "GRD", "Grenada"),
    country("GE", "GEO", "Georgia"),
    country("GF", "GUF", "French Guiana"),
    country("GG", "GGY", "Guernsey"),
    country("GH", "GHA", "Ghana"),
    country("GI", "GIB", "Gibraltar"),
    country("GL", "GRL", "Greenland"),
    country("GM", "GMB", "Gambia"),
    country("GN", "GIN", "Guinea"),
    country("GP", "GLP", "Guadeloupe"),
    country("GQ", "GNQ", "Equatorial Guinea"),
    country("GR", "GRC", "Greece"),
    country("GS", "SGS", "South Georgia and the South Sandwich Islands"),
    country("GT", "GTM", "Guatemala"),
    country("GU", "GUM", "Guam"),
    country("GW", "GNB", "Guinea-Bissau"),
    country("GY", "GUY", "Guyana"),
    country("HK", "HKG", "Hong Kong"),
    country("HM", "HMD", "Heard and McDonald Islands"),
    country("HN", "HND", "Honduras"),
    country("HR", "HRV", "Croatia"),
    country("HT", "HTI", "Haiti"),
    country("HU", "HUN", "Hungary"),
    country("ID", "IDN", "Indonesia"),
    country("IE", "IRL", "Ireland"),
    country("IL", "ISR", "Israel"),
    country("IM", "IMN", "Isle of Man"),
    country("IN", "IND", "India"),
    country("IO", "IOT", "British Indian Ocean Territory"),
    country("IQ", "IRQ", "Iraq"),
    country("IR", "IRN", "Iran"),
    country("IS", "ISL", "Iceland"),
    country("IT", "ITA", "Italy"),
    country("JE", "JEY", "Jersey"),
    country("JM", "JAM", "Jamaica"),
    country("JO", "JOR", "Jordan"),
    country("JP", "JPN", "Japan"),
    country("KE", "KEN", "Kenya"),
    country("KG", "KGZ", "Kyrgyzstan"),
    country("KH", "KHM", "Cambodia"),
    country("KI", "KIR", "Kiribati"),
    country("KM", "COM", "Comoros"),
    country("KN", "KNA", "Saint Kitts and Nevis"),
    country("KP", "PRK", "North Korea"),
    country("KR", "KOR", "South Korea"),
    country("KW", "KWT", "Kuwait"),
    country("KY", "CYM", "Cayman Islands"),
    country("KZ", "KAZ", "Kazakhstan"),
    country("LA", "LAO", "Laos"),
    country("LB", "LBN", "Lebanon"),
    country("LC", "LCA", "Saint Lucia"),
    country("LI", "LIE", "Liechtenstein"),
    country("LK", "LKA", "Sri Lanka"),
    country("LR", "LBR", "Liberia"),
    country("LS", "LSO", "Lesotho"),
    country("LT", "LTU", "Lithuania"),
    country("LU", "LUX", "Luxembourg"),
    country("LV", "LVA", "Latvia"),
    country("LY", "LBY", "Libya"),
    country("MA", "MAR", "Morocco"),
    country("MC", "MCO", "Monaco"),
    country("MD", "MDA", "Moldova"),
    country("ME", "MNE", "Montenegro"),
    country("MF", "MAF", "Saint Martin"),
    country("MG", "MDG", "Madagascar"),
    country("MH", "MHL", "Marshall Islands"),
    country("MK", "MKD", "North Macedonia"),
    country("ML", "MLI", "Mali"),
    country("MM", "MMR", "Myanmar"),
    country("MN", "MNG", "Mongolia"),
    country("MO", "MAC", "Macao"),
    country("MP", "MNP", "Northern Mariana Islands"),
    country("MQ", "MTQ", "Martinique"),
    country("MR", "MRT", "Mauritania"),
    country("MS", "MSR", "Montserrat"),
    country("MT", "MLT", "Malta"),
    country("MU", "MUS", "Mauritius"),
    country("MV", "MDV", "Maldives"),
    country("MW", "MWI", "Malawi"),
    country("MX", "MEX", "Mexico"),
    country("MY", "MYS", "Malaysia"),
    country("MZ", "MOZ", "Mozambique"),
    country("NA", "NAM", "Namibia"),
    country("NC", "NCL", "New Caledonia"),
    country("NE", "NER", "Niger"),
    country("NF", "NFK", "Norfolk Island"),
    country("NG", "NGA", "Nigeria"),
    country("NI", "NIC", "Nicaragua"),
    country("NL", "NLD", "Netherlands"),
    country("NO", "NOR", "Norway"),
    country("NP", "NPL", "Nepal"),
    country("NR", "NRU", "Nauru"),
    country("NU", "NIU", "Niue"),
    country("NZ", "NZL", "New Zealand"),
    country("OM", "OMN", "Oman"),
    country("PA", "PAN", "Panama"),
    country("PE", "PER", "Peru"),
    country("PF", "PYF", "French Polynesia"),
    country("PG", "PNG", "Papua New Guinea"),
    country("PH", "PHL", "Philippines"),
    country("PK", "PAK", "Pakistan"),
    country("PL", "POL", "Poland"),
    country("PM", "SPM", "Saint Pierre and Miquelon"),
    country("PN", "PCN", "Pitcairn Islands"),
    country("PR", "PRI", "Puerto Rico"),
    country("PS", "PSE", "Palestine"),
    country("PT", "PRT", "Portugal"),
    country("PW", "PLW", "Palau"),
    country("PY", "PRY", "Paraguay"),
    country("QA", "QAT", "Qatar"),
    country("RE", "REU", "Réunion"),
    country("RO", "ROU", "Romania"),
    country("RS", "SRB", "Serbia"),
    country("RU", "RUS", "Russia"),
    country("RW", "RWA", "Rwanda"),
    country("SA", "SAU", "Saudi Arabia"),
    country("SB", "SLB", "Solomon Islands"),
    country("SC", "SYC", "Seychelles"),
    country("SD", "SDN", "Sudan"),
    country("SE", "SWE", "Sweden"),
    country("SG", "SGP", "Singapore"),
    country("SH", "SHN", "Saint Helena"),
    country("SI", "SVN", "Slovenia"),
    country("SJ", "SJM", "Svalbard and Jan Mayen"),
    country("SK", "SVK", "Slovakia"),
    country("SL", "SLE", "Sierra Leone"),
    country("SM", "SMR", "San Marino"),
    country("SN", "SEN", "Senegal"),
    country("SO", "SOM", "Somalia"),
    country("SR", "SUR", "Suriname"),
    country("SS", "SSD", "South Sudan"),
    country("ST", "STP", "São Tomé and Príncipe"),
    country("SV", "SLV", "El Salvador"),
    country("SX", "SXM", "Sint Maarten"),
    country("SY", "SYR", "Syria"),
    country("SZ", "SWZ", "Eswatini"),
    country("TC", "TCA", "Turks and Caicos Islands"),
    country("TD", "TCD", "Chad"),
    country("TF", "ATF", "French Southern Territories"),
    country("TG", "TGO", "Togo"),
    country("TH", "THA", "Thailand"),
    country("TJ", "TJK", "Tajikistan"),
    country("TK", "TKL", "Tokelau"),
    country("TL", "TLS", "Timor-Leste"),
    country("TM", "TKM", "Turkmenistan"),
    country("TN", "TUN", "Tunisia"),
    country("TO", "TON", "Tonga"),
    country("TR", "TUR", "Türkiye"),
    country("TT", "TTO", "Trinidad and Tobago"),
    country("TV", "TUV", "Tuvalu"),
    country("TW", "TWN", "Taiwan"),
    country("TZ", "TZA", "Tanzania"),
    country("UA", "UKR", "Ukraine"),
    country("UG", "UGA", "Uganda"),
    country("UM", "UMI", "U.S. Minor Outlying Islands"),
    country("US", "USA", "United States"),
    country("UY", "URY", "Uruguay"),
    country("UZ", "UZB", "Uzbekistan"),
    country("VA", "VAT", "Vatican City"),
    country("VC", "VCT", "Saint Vincent and the Grenadines"),
    country("VE", "VEN", "Venezuela"),
    country("VG", "VGB", "British Virgin Islands"),
    country("VI", "VIR", "U.S. Virgin Islands"),
    country("VN", "VNM", "Vietnam"),
    country("VU", "VUT", "Vanuatu"),
    country("WF", "WLF", "Wallis and Futuna"),
    country("WS", "WSM", "Samoa"),
    country("XK", "XKX", "Kosovo"),
    country("YE", "YEM", "Yemen"),
    country("YT", "MYT", "Mayotte"),
    country("ZA", "ZAF", "South Africa"),
    country("ZM", "ZMB", "Zambia"),
    country("ZW", "ZWE", "Zimbabwe"),
];

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn table_is_sorted_and_every_code_and_name_is_its_own() {
        let all = Country::all();
        assert_eq!(all.len(), 249 + 2);
        assert!(all.is_sorted_by(|a, b| a.alpha2 < b.alpha2));
        let alpha3: HashSet<_> = all.iter().map(|c| c.alpha3).collect();
        let names: HashSet<_> = all.iter().map(|c| c.name).collect();
        assert_eq!((alpha3.len(), names.len()), (all.len(), all.len()));
    }

    #[test]
    fn codes_have_the_shape_of_iso_3166() {
        for c in Country::all() {
            let shape = |s: &str, n| s.len() == n && s.bytes().all(|b| b.is_ascii_uppercase());
            assert!(shape(c.alpha2, 2) && shape(c.alpha3, 3), "{c:?}");
            assert!(!c.name.is_empty() && c.name.trim() == c.name, "{c:?}");
        }
    }

    #[test]
    fn every_code_leads_back_to_its_country() {
        for c in Country::all() {
            assert!(std::ptr::eq(Country::from_alpha2(c.alpha2).unwrap(), c));
        }
        for unknown in ["", "kg", "UN", "XX", "KGZ", "\u{1f1f0}\u{1f1ec}"] {
            assert_eq!(Country::from_alpha2(unknown), None, "{unknown}");
        }
    }

    #[test]
    fn names_are_the_common_ones() {
        let cases = [
            ("RU", "RUS", "Russia"),
            ("KR", "KOR", "South Korea"),
            ("GB", "GBR", "United Kingdom"),
            ("CZ", "CZE", "Czechia"),
            ("TR", "TUR", "Türkiye"),
            ("DZ", "DZA", "Algeria"),
            ("KM", "COM", "Comoros"),
            ("KY", "CYM", "Cayman Islands"),
            ("XK", "XKX", "Kosovo"),
            ("EU", "EUE", "European Union"),
        ];
        for (alpha2, alpha3, name) in cases {
            let c = Country::from_alpha2(alpha2).unwrap();
            assert_eq!((c.alpha3, c.name), (alpha3, name));
        }
    }
}
