//! `tokenizer.json`: text to token ids.

use tokenizers::Tokenizer as Inner;

/// A bundle's tokenizer.
pub struct Tokenizer {
    inner: Inner,
}

impl Tokenizer {
    /// Reads `tokenizer.json`.
    ///
    /// # Errors
    /// What is wrong with the file, in words.
    pub fn parse(json: &[u8]) -> Result<Self, String> {
        let mut inner = Inner::from_bytes(json).map_err(|e| e.to_string())?;
        // Windows are cut here, not there.
        inner.with_truncation(None).map_err(|e| e.to_string())?;
        inner.with_padding(None);
        // A "</s>" in an article is text, not a command.
        inner.set_encode_special_tokens(true);
        Ok(Self { inner })
    }

    /// Token ids of a sentence, without special tokens.
    ///
    /// # Errors
    /// The tokenizer's own message; it does not hold the text.
    pub fn encode(&self, text: &str) -> Result<Vec<u32>, String> {
        let encoding = self
            .inner
            .encode_fast(text, false)
            .map_err(|_| "a sentence could not be cut into tokens")?;
        Ok(encoding.get_ids().to_vec())
    }

    /// The id of a token.
    pub fn id(&self, token: &str) -> Option<u32> {
        self.inner.token_to_id(token)
    }

    /// Number of ids, added tokens included.
    pub fn vocabulary(&self) -> usize {
        self.inner.get_vocab_size(true)
    }
}
