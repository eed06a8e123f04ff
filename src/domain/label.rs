//! The labels: event types, modes, quad classes. Their order is the order of the contract's enums.

/// What happened. The first sixteen are the PLOVER event types (PLOVER manual 0.8); the last seven cover the rest of the news.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum EventType {
    /// Parties promise or agree to act: sign, ratify, conclude a deal; a promise of future action.
    Agree,
    /// Talks: meetings, visits, summits, phone calls, negotiations, mediation, where no outcome dominates.
    Consult,
    /// Words of support: praise, endorsement, recognition, solidarity, defending someone.
    Support,
    /// Giving in by words or decision: easing rules or sanctions, accepting demands, pardons, reforms under pressure, backing down.
    Concede,
    /// Practical exchange under way: joint exercises between partners, intelligence sharing, extradition, trade carried out.
    Cooperate,
    /// Material help that mainly benefits the receiver: humanitarian, economic, military, medical, asylum, rescue.
    Aid,
    /// Physical de-escalation: ceasefire, withdrawal of troops, release of prisoners or hostages, disarming, return of property, resignation.
    Retreat,
    /// Asks, demands, appeals in words: for aid, a change of policy, talks, an investigation.
    Request,
    /// Criticism, blame, denunciation, allegation, an official investigation or lawsuit of a political kind.
    Accuse,
    /// Refusal: a demand, proposal or deal turned down; veto; refusing to meet or to yield.
    Reject,
    /// Threats, ultimatums, warnings of force or sanction.
    Threaten,
    /// Collective action by people: demonstration, riot, strike, boycott, blockade, hunger strike.
    Protest,
    /// Cutting back relations: sanctions, embargo, tariffs aimed at a state, expelling diplomats, halting talks or aid, leaving a body.
    Sanction,
    /// Preparing force: troops, militia, police or weapons deployed or mobilised, shows of force, alert.
    Mobilize,
    /// Repression short of violence: arrests, raids, bans, censorship, curfew, martial law, seizure, deportation, cyber attack, a bloodless coup.
    Coerce,
    /// Physical violence for a political end or by armed actors: fighting, bombing, shooting, killing, torture, abduction, terrorism, war.
    Assault,
    /// Voting, campaigns, candidates, results, referendums, as the main matter.
    Election,
    /// Natural hazard: earthquake, flood, storm, wildfire, drought, landslide, eruption, heat wave, tsunami.
    Disaster,
    /// Unintended harm: crash, fire, collapse, sinking, industrial accident, animal attack, injury in sport.
    Accident,
    /// Ordinary crime and courts: murder, robbery, fraud, trafficking, corruption trial, sentence, private lawsuit, police investigation of individuals.
    Crime,
    /// Disease, epidemic, vaccination, health service, medicine.
    Health,
    /// Companies, markets, prices, jobs, budgets, trade figures, currency, energy supply, the effects of tariffs.
    Economy,
    /// None of these: sport, culture, science, technology, lifestyle, religion, human interest, opinion that reports no event.
    Other,
}

impl EventType {
    pub const ALL: [EventType; 23] = [
        EventType::Agree,
        EventType::Consult,
        EventType::Support,
        EventType::Concede,
        EventType::Cooperate,
        EventType::Aid,
        EventType::Retreat,
        EventType::Request,
        EventType::Accuse,
        EventType::Reject,
        EventType::Threaten,
        EventType::Protest,
        EventType::Sanction,
        EventType::Mobilize,
        EventType::Coerce,
        EventType::Assault,
        EventType::Election,
        EventType::Disaster,
        EventType::Accident,
        EventType::Crime,
        EventType::Health,
        EventType::Economy,
        EventType::Other,
    ];

    /// The name in manifests and rows, such as `PROTEST`.
    pub fn name(self) -> &'static str {
        match self {
            EventType::Agree => "AGREE",
            EventType::Consult => "CONSULT",
            EventType::Support => "SUPPORT",
            EventType::Concede => "CONCEDE",
            EventType::Cooperate => "COOPERATE",
            EventType::Aid => "AID",
            EventType::Retreat => "RETREAT",
            EventType::Request => "REQUEST",
            EventType::Accuse => "ACCUSE",
            EventType::Reject => "REJECT",
            EventType::Threaten => "THREATEN",
            EventType::Protest => "PROTEST",
            EventType::Sanction => "SANCTION",
            EventType::Mobilize => "MOBILIZE",
            EventType::Coerce => "COERCE",
            EventType::Assault => "ASSAULT",
            EventType::Election => "ELECTION",
            EventType::Disaster => "DISASTER",
            EventType::Accident => "ACCIDENT",
            EventType::Crime => "CRIME",
            EventType::Health => "HEALTH",
            EventType::Economy => "ECONOMY",
            EventType::Other => "OTHER",
        }
    }

    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|t| t.name() == name)
    }

    /// What the type means.
    pub fn definition(self) -> &'static str {
        match self {
            EventType::Agree => {
                "Parties promise or agree to act: sign, ratify, conclude a deal; a promise of future action."
            }
            EventType::Consult => {
                "Talks: meetings, visits, summits, phone calls, negotiations, mediation, where no outcome dominates."
            }
            EventType::Support => {
                "Words of support: praise, endorsement, recognition, solidarity, defending someone."
            }
            EventType::Concede => {
                "Giving in by words or decision: easing rules or sanctions, accepting demands, pardons, reforms under pressure, backing down."
            }
            EventType::Cooperate => {
                "Practical exchange under way: joint exercises between partners, intelligence sharing, extradition, trade carried out."
            }
            EventType::Aid => {
                "Material help that mainly benefits the receiver: humanitarian, economic, military, medical, asylum, rescue."
            }
            EventType::Retreat => {
                "Physical de-escalation: ceasefire, withdrawal of troops, release of prisoners or hostages, disarming, return of property, resignation."
            }
            EventType::Request => {
                "Asks, demands, appeals in words: for aid, a change of policy, talks, an investigation."
            }
            EventType::Accuse => {
                "Criticism, blame, denunciation, allegation, an official investigation or lawsuit of a political kind."
            }
            EventType::Reject => {
                "Refusal: a demand, proposal or deal turned down; veto; refusing to meet or to yield."
            }
            EventType::Threaten => "Threats, ultimatums, warnings of force or sanction.",
            EventType::Protest => {
                "Collective action by people: demonstration, riot, strike, boycott, blockade, hunger strike."
            }
            EventType::Sanction => {
                "Cutting back relations: sanctions, embargo, tariffs aimed at a state, expelling diplomats, halting talks or aid, leaving a body."
            }
            EventType::Mobilize => {
                "Preparing force: troops, militia, police or weapons deployed or mobilised, shows of force, alert."
            }
            EventType::Coerce => {
                "Repression short of violence: arrests, raids, bans, censorship, curfew, martial law, seizure, deportation, cyber attack, a bloodless coup."
            }
            EventType::Assault => {
                "Physical violence for a political end or by armed actors: fighting, bombing, shooting, killing, torture, abduction, terrorism, war."
            }
            EventType::Election => {
                "Voting, campaigns, candidates, results, referendums, as the main matter."
            }
            EventType::Disaster => {
                "Natural hazard: earthquake, flood, storm, wildfire, drought, landslide, eruption, heat wave, tsunami."
            }
            EventType::Accident => {
                "Unintended harm: crash, fire, collapse, sinking, industrial accident, animal attack, injury in sport."
            }
            EventType::Crime => {
                "Ordinary crime and courts: murder, robbery, fraud, trafficking, corruption trial, sentence, private lawsuit, police investigation of individuals."
            }
            EventType::Health => "Disease, epidemic, vaccination, health service, medicine.",
            EventType::Economy => {
                "Companies, markets, prices, jobs, budgets, trade figures, currency, energy supply, the effects of tariffs."
            }
            EventType::Other => {
                "None of these: sport, culture, science, technology, lifestyle, religion, human interest, opinion that reports no event."
            }
        }
    }

    /// The corner of cooperation and conflict; `None` from ELECTION on.
    pub fn quad_class(self) -> Option<QuadClass> {
        use EventType::*;
        match self {
            Agree | Consult | Support | Concede => Some(QuadClass::VerbalCooperation),
            Cooperate | Aid | Retreat => Some(QuadClass::MaterialCooperation),
            Request | Accuse | Reject | Threaten => Some(QuadClass::VerbalConflict),
            Protest | Sanction | Mobilize | Coerce | Assault => Some(QuadClass::MaterialConflict),
            Election | Disaster | Accident | Crime | Health | Economy | Other => None,
        }
    }

    /// The modes that apply to the type; empty for most.
    pub fn modes(self) -> &'static [Mode] {
        match self {
            EventType::Protest => &[
                Mode::Demo,
                Mode::Riot,
                Mode::Strike,
                Mode::Boycott,
                Mode::Obstruct,
                Mode::Hunger,
            ],
            EventType::Assault => &[
                Mode::Battle,
                Mode::Aerial,
                Mode::Explosives,
                Mode::Firearms,
                Mode::SuicideAttack,
                Mode::Abduct,
                Mode::Beat,
                Mode::Torture,
                Mode::Execute,
                Mode::Assassinate,
                Mode::Sexual,
                Mode::Massacre,
                Mode::CrowdControl,
                Mode::Other,
            ],
            EventType::Coerce => &[
                Mode::Arrest,
                Mode::Ban,
                Mode::Censor,
                Mode::Curfew,
                Mode::MartialLaw,
                Mode::Restrict,
                Mode::Seize,
                Mode::Deport,
                Mode::Cyber,
                Mode::Misinformation,
                Mode::Coup,
            ],
            EventType::Retreat => &[
                Mode::Ceasefire,
                Mode::Withdraw,
                Mode::Release,
                Mode::Resign,
                Mode::Disarm,
                Mode::Return,
            ],
            EventType::Mobilize => &[
                Mode::Troops,
                Mode::Weapons,
                Mode::Police,
                Mode::Militia,
                Mode::Exercise,
                Mode::Alert,
            ],
            EventType::Disaster => &[
                Mode::Earthquake,
                Mode::Flood,
                Mode::Storm,
                Mode::Wildfire,
                Mode::Drought,
                Mode::Landslide,
                Mode::Volcano,
                Mode::Heat,
                Mode::Cold,
                Mode::Tsunami,
            ],
            _ => &[],
        }
    }
}

/// How it happened.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Mode {
    Demo,
    Riot,
    Strike,
    Boycott,
    Obstruct,
    Hunger,
    Battle,
    Aerial,
    Explosives,
    Firearms,
    SuicideAttack,
    Abduct,
    Beat,
    Torture,
    Execute,
    Assassinate,
    Sexual,
    Massacre,
    CrowdControl,
    Other,
    Arrest,
    Ban,
    Censor,
    Curfew,
    MartialLaw,
    Restrict,
    Seize,
    Deport,
    Cyber,
    Misinformation,
    Coup,
    Ceasefire,
    Withdraw,
    Release,
    Resign,
    Disarm,
    Return,
    Troops,
    Weapons,
    Police,
    Militia,
    Exercise,
    Alert,
    Earthquake,
    Flood,
    Storm,
    Wildfire,
    Drought,
    Landslide,
    Volcano,
    Heat,
    Cold,
    Tsunami,
}

impl Mode {
    pub const ALL: [Mode; 53] = [
        Mode::Demo,
        Mode::Riot,
        Mode::Strike,
        Mode::Boycott,
        Mode::Obstruct,
        Mode::Hunger,
        Mode::Battle,
        Mode::Aerial,
        Mode::Explosives,
        Mode::Firearms,
        Mode::SuicideAttack,
        Mode::Abduct,
        Mode::Beat,
        Mode::Torture,
        Mode::Execute,
        Mode::Assassinate,
        Mode::Sexual,
        Mode::Massacre,
        Mode::CrowdControl,
        Mode::Other,
        Mode::Arrest,
        Mode::Ban,
        Mode::Censor,
        Mode::Curfew,
        Mode::MartialLaw,
        Mode::Restrict,
        Mode::Seize,
        Mode::Deport,
        Mode::Cyber,
        Mode::Misinformation,
        Mode::Coup,
        Mode::Ceasefire,
        Mode::Withdraw,
        Mode::Release,
        Mode::Resign,
        Mode::Disarm,
        Mode::Return,
        Mode::Troops,
        Mode::Weapons,
        Mode::Police,
        Mode::Militia,
        Mode::Exercise,
        Mode::Alert,
        Mode::Earthquake,
        Mode::Flood,
        Mode::Storm,
        Mode::Wildfire,
        Mode::Drought,
        Mode::Landslide,
        Mode::Volcano,
        Mode::Heat,
        Mode::Cold,
        Mode::Tsunami,
    ];

    /// The name in manifests and rows, such as `suicide-attack`.
    pub fn name(self) -> &'static str {
        match self {
            Mode::Demo => "demo",
            Mode::Riot => "riot",
            Mode::Strike => "strike",
            Mode::Boycott => "boycott",
            Mode::Obstruct => "obstruct",
            Mode::Hunger => "hunger",
            Mode::Battle => "battle",
            Mode::Aerial => "aerial",
            Mode::Explosives => "explosives",
            Mode::Firearms => "firearms",
            Mode::SuicideAttack => "suicide-attack",
            Mode::Abduct => "abduct",
            Mode::Beat => "beat",
            Mode::Torture => "torture",
            Mode::Execute => "execute",
            Mode::Assassinate => "assassinate",
            Mode::Sexual => "sexual",
            Mode::Massacre => "massacre",
            Mode::CrowdControl => "crowd-control",
            Mode::Other => "other",
            Mode::Arrest => "arrest",
            Mode::Ban => "ban",
            Mode::Censor => "censor",
            Mode::Curfew => "curfew",
            Mode::MartialLaw => "martial-law",
            Mode::Restrict => "restrict",
            Mode::Seize => "seize",
            Mode::Deport => "deport",
            Mode::Cyber => "cyber",
            Mode::Misinformation => "misinformation",
            Mode::Coup => "coup",
            Mode::Ceasefire => "ceasefire",
            Mode::Withdraw => "withdraw",
            Mode::Release => "release",
            Mode::Resign => "resign",
            Mode::Disarm => "disarm",
            Mode::Return => "return",
            Mode::Troops => "troops",
            Mode::Weapons => "weapons",
            Mode::Police => "police",
            Mode::Militia => "militia",
            Mode::Exercise => "exercise",
            Mode::Alert => "alert",
            Mode::Earthquake => "earthquake",
            Mode::Flood => "flood",
            Mode::Storm => "storm",
            Mode::Wildfire => "wildfire",
            Mode::Drought => "drought",
            Mode::Landslide => "landslide",
            Mode::Volcano => "volcano",
            Mode::Heat => "heat",
            Mode::Cold => "cold",
            Mode::Tsunami => "tsunami",
        }
    }

    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|m| m.name() == name)
    }
}

/// The four corners of cooperation and conflict (PLOVER's quad classes).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum QuadClass {
    VerbalCooperation,
    MaterialCooperation,
    VerbalConflict,
    MaterialConflict,
}

impl QuadClass {
    /// The name in rows, such as `material_conflict`.
    pub fn name(self) -> &'static str {
        match self {
            QuadClass::VerbalCooperation => "verbal_cooperation",
            QuadClass::MaterialCooperation => "material_cooperation",
            QuadClass::VerbalConflict => "verbal_conflict",
            QuadClass::MaterialConflict => "material_conflict",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_unique_and_lead_back() {
        for t in EventType::ALL {
            assert_eq!(EventType::from_name(t.name()), Some(t));
        }
        for m in Mode::ALL {
            assert_eq!(Mode::from_name(m.name()), Some(m));
        }
        assert_eq!(EventType::from_name("protest"), None);
    }

    #[test]
    fn every_mode_belongs_to_exactly_one_type() {
        for m in Mode::ALL {
            let owners = EventType::ALL.iter().filter(|t| t.modes().contains(&m));
            assert_eq!(owners.count(), 1, "{}", m.name());
        }
    }

    #[test]
    fn plover_types_and_only_they_have_a_quad_class() {
        let with: Vec<_> = EventType::ALL
            .iter()
            .filter(|t| t.quad_class().is_some())
            .collect();
        assert_eq!(with.len(), 16);
        assert_eq!(EventType::Election.quad_class(), None);
    }
}
