//! Taking out what the linker keeps and nobody calls.
//!
//! Every type-erased view of Leptos carries a pointer to a way of hydrating it that waits for parts of the code to
//! arrive. Only `hydrate_lazy` starts that; our pages start with `hydrate_body`. The pointers keep a sixth of the
//! module alive, so the functions behind them are emptied, and with them goes what only they called.

use anyhow::Result;
use walrus::{FunctionBuilder, FunctionKind, Module, ModuleConfig};

/// Parts of the mangled names of functions that are never called. The number is the length of the word behind it,
/// which is how a name says that it is a word of its own.
const NEVER_CALLED: [&str; 1] = ["13hydrate_async"];
/// Fewer instructions than this may be shared: the compiler keeps one of several functions that came out the same,
/// under either name. Nothing that is in use comes out the same as so long a way of hydrating.
const TOO_SHORT_TO_TELL: u64 = 60;
/// What the page calls if it does wait for parts of the code: then nothing may be taken out.
const WAITS: &str = "12hydrate_lazy";

/// The module with those functions emptied, and without what is then out of reach.
pub fn without_unused(bytes: &[u8]) -> Result<Vec<u8>> {
    // Its names are needed to find the functions; wasm-bindgen removes them afterwards.
    let mut module = ModuleConfig::new().generate_name_section(true).parse(bytes)?;
    let has = |name: Option<&str>, word: &str| name.is_some_and(|name| name.contains(word));
    if module.funcs.iter().any(|function| has(function.name.as_deref(), WAITS)) {
        return Ok(bytes.to_vec());
    }
    let unused: Vec<_> = module
        .funcs
        .iter_local()
        .filter(|(_, function)| function.size() >= TOO_SHORT_TO_TELL)
        .map(|(id, _)| id)
        .filter(|id| NEVER_CALLED.iter().any(|word| has(module.funcs.get(*id).name.as_deref(), word)))
        .collect();
    for id in unused {
        empty(&mut module, id);
    }
    walrus::passes::gc::run(&mut module);
    Ok(module.emit_wasm())
}

/// Leaves of a function that it stops the program.
fn empty(module: &mut Module, id: walrus::FunctionId) {
    let kind = module.types.get(module.funcs.get(id).ty());
    let (parameters, results) = (kind.params().to_vec(), kind.results().to_vec());
    let mut builder = FunctionBuilder::new(&mut module.types, &parameters, &results);
    builder.func_body().unreachable();
    let arguments = parameters.iter().map(|kind| module.locals.add(*kind)).collect();
    module.funcs.get_mut(id).kind = FunctionKind::Local(builder.local_func(arguments));
}

#[cfg(test)]
mod tests {
    use super::*;
    use walrus::ValType;

    /// A module in which the page can reach one function directly and others through a table.
    fn module(names: &[&str], instructions: usize) -> Vec<u8> {
        let mut module = Module::with_config(ModuleConfig::new());
        let functions: Vec<_> = names
            .iter()
            .map(|name| {
                let mut builder = FunctionBuilder::new(&mut module.types, &[ValType::I32], &[ValType::I32]);
                builder.name((*name).to_owned());
                let argument = module.locals.add(ValType::I32);
                let mut body = builder.func_body();
                for _ in 0..instructions {
                    body.local_get(argument).drop();
                }
                body.local_get(argument);
                builder.finish(vec![argument], &mut module.funcs)
            })
            .collect();
        for (name, function) in names.iter().zip(functions) {
            module.exports.add(name, function);
        }
        module.emit_wasm()
    }

    #[test]
    fn what_is_never_called_is_emptied_and_the_rest_stays() {
        let before = module(&["_ZN6tachys13hydrate_async17h0E", "_ZN6tachys7hydrate17h0E"], 100);
        let after = without_unused(&before).unwrap();
        assert!(after.len() < before.len() * 2 / 3, "{} of {}", after.len(), before.len());
        let module = Module::from_buffer(&after).unwrap();
        let sizes: Vec<_> = module.funcs.iter_local().map(|(_, function)| function.size()).collect();
        assert_eq!(sizes.iter().filter(|size| **size < 5).count(), 1);
    }

    #[test]
    fn what_may_be_shared_stays() {
        let before = module(&["_ZN6tachys13hydrate_async17h0E"], 10);
        let module = Module::from_buffer(&without_unused(&before).unwrap()).unwrap();
        assert!(module.funcs.iter_local().all(|(_, function)| function.size() > 10));
    }

    #[test]
    fn a_page_that_waits_for_its_code_keeps_everything() {
        let before = module(&["_ZN6tachys13hydrate_async17h0E", "_ZN6leptos5mount12hydrate_lazy17h0E"], 100);
        assert_eq!(without_unused(&before).unwrap(), before);
    }
}
