//! `config.json`: the shape of an encoder, as Hugging Face writes it.

use candle_transformers::models::bert;
use serde::Deserialize;

use crate::model::kernels::activation::Activation;

/// The shape of a BERT-like encoder.
#[derive(Debug, Clone, PartialEq)]
pub struct EncoderConfig {
    pub family: Family,
    pub vocabulary: usize,
    pub hidden: usize,
    pub layers: usize,
    pub heads: usize,
    pub intermediate: usize,
    pub activation: Activation,
    /// Rows of the position table.
    pub positions: usize,
    pub token_types: usize,
    pub norm_eps: f64,
    pub pad_token: u32,
}

/// How positions are counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Family {
    /// From 0.
    Bert,
    /// RoBERTa and XLM-R: from the pad token's id plus one (`create_position_ids_from_input_ids` in transformers).
    Roberta,
}

/// What upstream's `bert::Config` does not keep apart: its activation names lack `gelu_new`, and it requires fields that
/// configurations of other tools leave out.
#[derive(Deserialize)]
struct Raw {
    model_type: String,
    vocab_size: usize,
    hidden_size: usize,
    num_hidden_layers: usize,
    num_attention_heads: usize,
    intermediate_size: usize,
    hidden_act: String,
    max_position_embeddings: usize,
    #[serde(default = "one")]
    type_vocab_size: usize,
    layer_norm_eps: f64,
    #[serde(default)]
    pad_token_id: u32,
    #[serde(default)]
    position_embedding_type: bert::PositionEmbeddingType,
}

fn one() -> usize {
    1
}

impl EncoderConfig {
    /// Reads `config.json`.
    ///
    /// # Errors
    /// What is missing, unknown or impossible, in words.
    pub fn parse(json: &[u8]) -> Result<Self, String> {
        let raw: Raw = serde_json::from_slice(json).map_err(|e| e.to_string())?;
        let family = match raw.model_type.as_str() {
            "bert" => Family::Bert,
            "roberta" | "xlm-roberta" | "camembert" => Family::Roberta,
            other => {
                return Err(format!(
                    "model_type {other:?} is not supported; use a bert, roberta or xlm-roberta encoder"
                ));
            }
        };
        let activation = match raw.hidden_act.as_str() {
            "gelu" => Activation::Gelu,
            "gelu_new" | "gelu_pytorch_tanh" => Activation::GeluTanh,
            "relu" => Activation::Relu,
            other => {
                return Err(format!(
                    "hidden_act {other:?} is not supported; use gelu, gelu_new or relu"
                ));
            }
        };
        let bert::PositionEmbeddingType::Absolute = raw.position_embedding_type;
        let config = Self {
            family,
            vocabulary: raw.vocab_size,
            hidden: raw.hidden_size,
            layers: raw.num_hidden_layers,
            heads: raw.num_attention_heads,
            intermediate: raw.intermediate_size,
            activation,
            positions: raw.max_position_embeddings,
            token_types: raw.type_vocab_size,
            norm_eps: raw.layer_norm_eps,
            pad_token: raw.pad_token_id,
        };
        config.check()?;
        Ok(config)
    }

    /// Most tokens of one sequence.
    pub fn max_tokens(&self) -> usize {
        self.positions - self.first_position()
    }

    /// Position of the first token.
    pub fn first_position(&self) -> usize {
        match self.family {
            Family::Bert => 0,
            Family::Roberta => self.pad_token as usize + 1,
        }
    }

    fn check(&self) -> Result<(), String> {
        let sizes = [
            ("vocab_size", self.vocabulary),
            ("hidden_size", self.hidden),
            ("num_hidden_layers", self.layers),
            ("num_attention_heads", self.heads),
            ("intermediate_size", self.intermediate),
            ("max_position_embeddings", self.positions),
            ("type_vocab_size", self.token_types),
        ];
        if let Some((name, _)) = sizes.iter().find(|(_, size)| *size == 0) {
            return Err(format!("{name} is 0"));
        }
        if !self.hidden.is_multiple_of(self.heads) {
            return Err(format!(
                "hidden_size {} is not a multiple of num_attention_heads {}",
                self.hidden, self.heads
            ));
        }
        if self.positions <= self.first_position() {
            return Err(format!(
                "max_position_embeddings {} leaves no position after the pad token's {}",
                self.positions, self.pad_token
            ));
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const BERT: &str = r#"{"model_type":"bert","vocab_size":10,"hidden_size":8,"num_hidden_layers":1,
        "num_attention_heads":2,"intermediate_size":16,"hidden_act":"gelu","max_position_embeddings":40,
        "type_vocab_size":2,"layer_norm_eps":1e-12,"pad_token_id":1,"something_new":true}"#;

    #[test]
    fn positions_start_where_the_family_says() {
        let bert = EncoderConfig::parse(BERT.as_bytes()).unwrap();
        assert_eq!((bert.first_position(), bert.max_tokens()), (0, 40));
        let roberta = BERT.replace("\"bert\"", "\"xlm-roberta\"");
        let roberta = EncoderConfig::parse(roberta.as_bytes()).unwrap();
        assert_eq!((roberta.first_position(), roberta.max_tokens()), (2, 38));
    }

    #[test]
    fn refuses_what_it_cannot_run() {
        let cases = [
            ("\"bert\"", "\"t5\"", "model_type"),
            ("\"gelu\"", "\"swish\"", "hidden_act"),
            (
                "\"num_attention_heads\":2",
                "\"num_attention_heads\":3",
                "multiple",
            ),
            (
                "\"num_hidden_layers\":1",
                "\"num_hidden_layers\":0",
                "num_hidden_layers",
            ),
            (
                "\"pad_token_id\":1",
                "\"pad_token_id\":1,\"position_embedding_type\":\"relative_key\"",
                "relative_key",
            ),
        ];
        for (from, to, names) in cases {
            let error = EncoderConfig::parse(BERT.replace(from, to).as_bytes()).unwrap_err();
            assert!(error.contains(names), "{error}");
        }
    }
}
