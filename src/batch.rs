//! The tasks of a batch, on their way across.

use std::mem;

use infinium_client::Error;
use napi_derive::napi;

use crate::text::Text;

/// Tasks that are taken one by one: a text that is across can be forgotten by JavaScript at once,
/// where a whole list of them would have to be moved around by its garbage collector.
#[napi]
#[derive(Default)]
pub struct NativeBatch(Vec<infinium_client::Result<Text>>);

#[napi]
impl NativeBatch {
    #[napi(constructor)]
    pub fn new() -> Self {
        Self::default()
    }

    #[napi]
    pub fn add(&mut self, #[napi(ts_arg_type = "string")] task: Text) {
        self.0.push(Ok(task));
    }

    /// Adds a task that could not be read into JSON: the path to what could not be read, and why.
    #[napi]
    pub fn add_unreadable(&mut self, field: String, message: String) {
        self.0.push(Err(Error::unreadable(field, message)));
    }

    pub(crate) fn take(&mut self) -> Vec<infinium_client::Result<Text>> {
        mem::take(&mut self.0)
    }
}
