//! The steps of the encoder as candle operations: the fused kernels on a CPU, candle's own elsewhere.

use candle_core::{
    CpuStorage, CustomOp1, D, DType, InplaceOp2, Layout, Result, Shape, Tensor, bail,
};

use super::Compute;
use crate::model::kernels::{activation::Activation, attention, linear, norm::Norm};

/// A dense layer: `[tokens, inputs]` to `[tokens, outputs]`.
pub enum Dense {
    Fused(linear::Linear),
    /// `weight`: `[outputs, inputs]`, `bias`: `[outputs]`.
    Composed {
        weight: Tensor,
        bias: Tensor,
    },
}

impl Dense {
    /// `weight`: `[outputs, inputs]`, `bias`: `[outputs]`.
    pub fn new(weight: Tensor, bias: Tensor, fused: bool) -> Result<Self> {
        if !fused {
            return Ok(Self::Composed { weight, bias });
        }
        let inputs = weight.dim(1)?;
        let weight = weight.flatten_all()?.to_vec1()?;
        Ok(Self::Fused(linear::Linear::new(
            weight,
            bias.to_vec1()?,
            inputs,
        )))
    }

    /// `x`: `[tokens, inputs]`; returns `[tokens, outputs]`.
    pub fn forward(
        &self,
        x: &Tensor,
        activation: Option<Activation>,
        compute: Compute,
    ) -> Result<Tensor> {
        match self {
            Self::Fused(linear) => x.apply_op1_no_bwd(&DenseOp {
                linear,
                activation,
                compute,
            }),
            Self::Composed { weight, bias } => {
                let y = x.matmul(&weight.t()?)?.broadcast_add(bias)?;
                match activation {
                    None => Ok(y),
                    Some(Activation::Gelu) => y.gelu_erf(),
                    Some(Activation::GeluTanh) => y.gelu(),
                    Some(Activation::Relu) => y.relu(),
                }
            }
        }
    }
}

/// A layer normalisation over rows of `[tokens, hidden]`.
pub enum LayerNorm {
    Fused(Norm),
    Composed(candle_nn::LayerNorm),
}

impl LayerNorm {
    /// `weight`, `bias`: `[hidden]`.
    pub fn new(weight: Tensor, bias: Tensor, eps: f64, fused: bool) -> Result<Self> {
        if !fused {
            return Ok(Self::Composed(candle_nn::LayerNorm::new(weight, bias, eps)));
        }
        Ok(Self::Fused(Norm {
            weight: weight.to_vec1()?,
            bias: bias.to_vec1()?,
            eps: eps as f32,
        }))
    }

    /// `norm(x + residual)`; consumes `x`, both `[tokens, hidden]`.
    pub fn add_forward(&self, x: Tensor, residual: &Tensor, compute: Compute) -> Result<Tensor> {
        match self {
            Self::Fused(norm) => {
                x.inplace_op2(residual, &NormOp { norm, compute })?;
                Ok(x)
            }
            Self::Composed(norm) => candle_nn::Module::forward(norm, &(x + residual)?),
        }
    }
}

/// Attention of packed sequences: `qkv` `[tokens, 3 * hidden]` to `[tokens, hidden]`.
pub fn attention(
    qkv: &Tensor,
    lengths: &[usize],
    heads: usize,
    fused: bool,
    compute: Compute,
) -> Result<Tensor> {
    if fused {
        return qkv.apply_op1_no_bwd(&AttentionOp {
            lengths,
            heads,
            compute,
        });
    }
    let mut rows = Vec::with_capacity(lengths.len());
    let mut start = 0;
    for &n in lengths {
        rows.push(attention_of_one(&qkv.narrow(0, start, n)?, heads)?);
        start += n;
    }
    Tensor::cat(&rows, 0)
}

/// `qkv`: `[n, 3 * hidden]`; returns `[n, hidden]`.
fn attention_of_one(qkv: &Tensor, heads: usize) -> Result<Tensor> {
    let (n, width) = qkv.dims2()?;
    let (hidden, size) = (width / 3, width / 3 / heads);
    let part = |i: usize| -> Result<Tensor> {
        // [n, hidden] -> [heads, n, size]
        qkv.narrow(1, i * hidden, hidden)?
            .reshape((n, heads, size))?
            .transpose(0, 1)?
            .contiguous()
    };
    let (q, k, v) = (part(0)?, part(1)?, part(2)?);
    let scores = (q.matmul(&k.t()?.contiguous()?)? / (size as f64).sqrt())?;
    let probabilities = candle_nn::ops::softmax(&scores, D::Minus1)?;
    probabilities
        .matmul(&v)?
        .transpose(0, 1)?
        .contiguous()?
        .reshape((n, hidden))
}

struct DenseOp<'a> {
    linear: &'a linear::Linear,
    activation: Option<Activation>,
    compute: Compute,
}

impl CustomOp1 for DenseOp<'_> {
    fn name(&self) -> &'static str {
        "dense"
    }

    fn cpu_fwd(&self, storage: &CpuStorage, layout: &Layout) -> Result<(CpuStorage, Shape)> {
        let (tokens, inputs) = layout.shape().dims2()?;
        if inputs != self.linear.inputs() {
            bail!(
                "dense: {inputs} columns where the weight has {}",
                self.linear.inputs()
            );
        }
        let x = floats(storage, layout)?;
        let y = self
            .linear
            .forward(x, self.activation, self.compute.isa, self.compute.threads);
        Ok((
            CpuStorage::F32(y),
            Shape::from((tokens, self.linear.outputs())),
        ))
    }
}

struct NormOp<'a> {
    norm: &'a Norm,
    compute: Compute,
}

impl InplaceOp2 for NormOp<'_> {
    fn name(&self) -> &'static str {
        "add-norm"
    }

    fn cpu_fwd(
        &self,
        x: &mut CpuStorage,
        lx: &Layout,
        residual: &CpuStorage,
        lr: &Layout,
    ) -> Result<()> {
        if lx.shape() != lr.shape() || lx.shape().dims2()?.1 != self.norm.weight.len() {
            bail!("add-norm: shapes {:?} and {:?}", lx.shape(), lr.shape());
        }
        let residual = floats(residual, lr)?;
        let (CpuStorage::F32(x), Some((start, end))) = (x, lx.contiguous_offsets()) else {
            bail!("add-norm: not a contiguous f32 tensor");
        };
        self.norm.add_apply(
            &mut x[start..end],
            residual,
            self.compute.isa,
            self.compute.threads,
        );
        Ok(())
    }
}

struct AttentionOp<'a> {
    lengths: &'a [usize],
    heads: usize,
    compute: Compute,
}

impl CustomOp1 for AttentionOp<'_> {
    fn name(&self) -> &'static str {
        "attention"
    }

    fn cpu_fwd(&self, storage: &CpuStorage, layout: &Layout) -> Result<(CpuStorage, Shape)> {
        let (tokens, width) = layout.shape().dims2()?;
        if tokens != self.lengths.iter().sum::<usize>() || !width.is_multiple_of(3 * self.heads) {
            bail!(
                "attention: {:?} does not hold {:?}",
                layout.shape(),
                self.lengths
            );
        }
        let qkv = floats(storage, layout)?;
        let mut y = vec![0.0; tokens * width / 3];
        attention::attend(
            qkv,
            self.lengths,
            self.heads,
            &mut y,
            self.compute.isa,
            self.compute.threads,
        );
        Ok((CpuStorage::F32(y), Shape::from((tokens, width / 3))))
    }
}

/// The elements of a contiguous f32 tensor.
fn floats<'a>(storage: &'a CpuStorage, layout: &Layout) -> Result<&'a [f32]> {
    match (storage, layout.contiguous_offsets()) {
        (CpuStorage::F32(x), Some((start, end))) => Ok(&x[start..end]),
        _ => bail!("expected a contiguous {:?} tensor", DType::F32),
    }
}
