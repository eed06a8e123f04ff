//! The tensors of a safetensors file, by name and checked shape.

use candle_core::{DType, Device, Result, Shape, Tensor, bail, safetensors::Load};
use safetensors::SafeTensors;

/// Tensors under a prefix of a safetensors file.
pub struct Weights<'a> {
    tensors: &'a SafeTensors<'a>,
    prefix: String,
    device: Device,
}

impl<'a> Weights<'a> {
    /// All tensors of the file; they are put on `device`.
    pub fn new(tensors: &'a SafeTensors<'a>, device: Device) -> Self {
        Self {
            tensors,
            prefix: String::new(),
            device,
        }
    }

    /// The tensors whose names go on with `name` and a dot.
    pub fn at(&self, name: impl std::fmt::Display) -> Self {
        Self {
            tensors: self.tensors,
            prefix: format!("{}{name}.", self.prefix),
            device: self.device.clone(),
        }
    }

    /// The tensors whose names start with `prefix` as it is (`bert.`, or nothing).
    pub fn under(&self, prefix: &str) -> Self {
        Self {
            tensors: self.tensors,
            prefix: format!("{}{prefix}", self.prefix),
            device: self.device.clone(),
        }
    }

    pub fn device(&self) -> &Device {
        &self.device
    }

    /// A tensor as f32.
    ///
    /// # Errors
    /// It is missing or has another shape.
    pub fn get(&self, shape: impl Into<Shape>, name: &str) -> Result<Tensor> {
        self.stored(shape, name)?.to_dtype(DType::F32)
    }

    /// A tensor in the precision it is stored in.
    ///
    /// # Errors
    /// It is missing or has another shape.
    pub fn stored(&self, shape: impl Into<Shape>, name: &str) -> Result<Tensor> {
        let name = format!("{}{name}", self.prefix);
        let Ok(view) = self.tensors.tensor(&name) else {
            bail!("has no tensor {name:?}");
        };
        let shape = shape.into();
        if view.shape() != shape.dims() {
            bail!(
                "tensor {name:?} has shape {:?}, not {:?}",
                view.shape(),
                shape.dims()
            );
        }
        view.load(&self.device)
    }

    /// Whether the file has a tensor of this name.
    pub fn has(&self, name: &str) -> bool {
        self.tensors
            .tensor(&format!("{}{name}", self.prefix))
            .is_ok()
    }

    /// Length of the first dimension of a tensor.
    ///
    /// # Errors
    /// It is missing or a scalar.
    pub fn rows(&self, name: &str) -> Result<usize> {
        let name = format!("{}{name}", self.prefix);
        match self
            .tensors
            .tensor(&name)
            .ok()
            .and_then(|view| view.shape().first().copied())
        {
            Some(rows) => Ok(rows),
            None => bail!("has no tensor {name:?} with rows"),
        }
    }
}
