//! The forward pass in int8: weights quantised per output channel when they are loaded, activations per token as they
//! are written.
//!
//! Sums of integer products are exact and the float steps are the same on every instruction set, so a row's states
//! depend neither on its batch nor on the threads nor on the machine. Residuals and normalisations stay in f32.

use candle_core::Result;

use super::{
    Compute, EncoderConfig, Packed,
    embeddings::Embeddings,
    tensors::{Affine, LayerTensors},
};
use crate::model::{
    kernels::{
        activation::Activation,
        attention,
        int8::{Int8Linear, Quantised},
        norm::Norm,
    },
    weights::Weights,
};

/// Embeddings and layers.
pub struct Int8 {
    embeddings: Embeddings,
    layers: Vec<Layer>,
}

/// Buffers of a forward pass, kept for the next one; each as large as the largest batch so far.
#[derive(Default)]
pub struct Buffers {
    /// The states as the next product reads them.
    input: Quantised,
    /// `[tokens, 3 * hidden]`
    qkv: Vec<f32>,
    /// `[tokens, hidden]`
    attended: Vec<f32>,
    /// The same as the next product reads it.
    context: Quantised,
    /// `[tokens, intermediate]`, after the activation.
    inner: Quantised,
}

impl Int8 {
    /// # Errors
    /// A tensor is missing or has another shape than the configuration says.
    pub fn load(config: &EncoderConfig, weights: &Weights<'_>) -> Result<Self> {
        let embeddings = Embeddings::load(config, weights.at("embeddings"))?;
        let layers = (0..config.layers).map(|i| {
            let weights = weights.at("encoder.layer").at(i);
            Layer::new(config, LayerTensors::load(config, weights)?)
        });
        Ok(Self {
            embeddings,
            layers: layers.collect::<Result<_>>()?,
        })
    }

    /// Writes the last hidden states of a checked batch; `states`: `[tokens, hidden]`.
    pub fn forward(
        &self,
        batch: &Packed,
        states: &mut [f32],
        buffers: &mut Buffers,
        compute: Compute,
    ) {
        let hidden = states.len() / batch.ids.len();
        self.embeddings.forward(batch, states, compute);
        buffers
            .input
            .quantise(states, hidden, compute.isa, compute.threads);
        for layer in &self.layers {
            layer.forward(&batch.lengths, states, buffers, compute);
        }
    }
}

/// One transformer layer.
struct Layer {
    /// Query, key and value as one weight: `[3 * hidden, hidden]`.
    qkv: Int8Linear,
    heads: usize,
    attention_output: Int8Linear,
    attention_norm: Norm,
    intermediate: Int8Linear,
    activation: Activation,
    output: Int8Linear,
    output_norm: Norm,
}

impl Layer {
    fn new(config: &EncoderConfig, tensors: LayerTensors) -> Result<Self> {
        let norm = |Affine { weight, bias }: Affine| -> Result<Norm> {
            Ok(Norm {
                weight: weight.to_vec1()?,
                bias: bias.to_vec1()?,
                eps: config.norm_eps as f32,
            })
        };
        Ok(Self {
            qkv: linear(tensors.qkv)?,
            heads: config.heads,
            attention_output: linear(tensors.attention_output)?,
            attention_norm: norm(tensors.attention_norm)?,
            intermediate: linear(tensors.intermediate)?,
            activation: config.activation,
            output: linear(tensors.output)?,
            output_norm: norm(tensors.output_norm)?,
        })
    }

    /// `states`: `[tokens, hidden]`, also quantised in `buffers.input`; both are replaced.
    fn forward(
        &self,
        lengths: &[usize],
        states: &mut [f32],
        buffers: &mut Buffers,
        Compute { isa, threads }: Compute,
    ) {
        let Buffers {
            input,
            qkv,
            attended,
            context,
            inner,
        } = buffers;
        let hidden = self.attention_output.outputs();
        let qkv = sized(qkv, 3 * states.len());
        let attended = sized(attended, states.len());
        self.qkv.forward(input, qkv, isa, threads);
        attention::attend_int16(qkv, lengths, self.heads, attended, isa, threads);
        context.quantise(attended, hidden, isa, threads);
        self.attention_output.forward_norm(
            context,
            &self.attention_norm,
            states,
            input,
            isa,
            threads,
        );
        self.intermediate
            .forward_quantised(input, self.activation, inner, isa, threads);
        self.output
            .forward_norm(inner, &self.output_norm, states, input, isa, threads);
    }
}

fn linear(Affine { weight, bias }: Affine) -> Result<Int8Linear> {
    let inputs = weight.dim(1)?;
    let weight: Vec<f32> = weight.flatten_all()?.to_vec1()?;
    Ok(Int8Linear::new(&weight, bias.to_vec1()?, inputs))
}

/// The first `n` elements of a buffer that grows when it must.
pub fn sized(buffer: &mut Vec<f32>, n: usize) -> &mut [f32] {
    if buffer.len() < n {
        buffer.resize(n, 0.0);
    }
    &mut buffer[..n]
}
