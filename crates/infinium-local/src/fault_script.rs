//! Which fault the next request gets.

use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::fault::{Action, Fault, Times};

/// The faults that are active.
#[derive(Debug)]
pub(crate) struct FaultScript(Mutex<Vec<Fault>>);

impl FaultScript {
    pub(crate) fn new(script: Vec<Fault>) -> Self {
        Self(Mutex::new(script))
    }

    pub(crate) fn replace(&self, script: Vec<Fault>) {
        *self.lock() = script;
    }

    pub(crate) fn list(&self) -> Vec<Fault> {
        self.lock().clone()
    }

    /// Takes the action for a request: that of the first fault that matches and is not used up.
    pub(crate) fn next_action(&self, method: &str, path: &str) -> Action {
        let mut script = self.lock();
        for fault in script.iter_mut() {
            if !matches(fault, method, path) {
                continue;
            }
            match &mut fault.times {
                Times::Count(0) => {}
                Times::Count(remaining) => {
                    *remaining -= 1;
                    return fault.action.clone();
                }
                Times::Forever(_) => return fault.action.clone(),
            }
        }
        Action::Pass
    }

    fn lock(&self) -> MutexGuard<'_, Vec<Fault>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn matches(fault: &Fault, method: &str, path: &str) -> bool {
    let has_method = fault.method.as_deref().is_none_or(|name| name == method);
    let has_path = fault.path.as_deref().is_none_or(|part| path.contains(part));
    has_method && has_path
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn takes_faults_in_order_until_each_is_used_up() {
        let script = Fault::parse_script(
            r#"[
                { "action": "status", "status": 503, "times": 2 },
                { "action": "hang", "method": "GET" },
                { "action": "delay", "ms": 5, "path": "/trace", "times": "forever" }
            ]"#,
        );
        let faults = FaultScript::new(script.unwrap());
        assert!(matches!(
            faults.next_action("POST", "/x"),
            Action::Status { status: 503, .. }
        ));
        assert!(matches!(
            faults.next_action("GET", "/x"),
            Action::Status { .. }
        ));
        assert_eq!(faults.next_action("POST", "/x"), Action::Pass);
        assert_eq!(faults.next_action("GET", "/x/trace"), Action::Hang);
        for _ in 0..3 {
            assert_eq!(
                faults.next_action("GET", "/x/trace"),
                Action::Delay { ms: 5 }
            );
        }
    }
}
