//! Taking out what the linker keeps and nobody calls.
//!
//! Every type-erased view of Leptos carries a pointer to a way of hydrating it that waits for parts of the code to
//! arrive. Only `hydrate_lazy` starts that; our pages start with `hydrate_body`, once the code of the page is there. The
//! pointers keep a tenth of the module alive, so the functions behind them are emptied, and what only they called is
//! then reached by nobody and left out when the module is split. The same goes for the list of all routes, which only a
//! server makes.
//!
//! The module is still to be split, by what the linker noted about every place where one function names another. So it
//! is not written anew: a function is emptied where it stands, and what was noted about its inside is left out.

use anyhow::{Context as _, Result};
use std::collections::HashMap;
use std::ops::Range;
use wasm_encoder::{CustomSection, Encode as _, Section as _};
use wasmparser::{KnownCustom, Name, Parser, Payload, TypeRef};

/// Parts of the mangled names of functions that are never called. The number is the length of the word behind it,
/// which is how a name says that it is a word of its own.
const NEVER_CALLED: [&str; 2] = ["13hydrate_async", "15generate_routes"];
/// Fewer instructions than this may be shared: the compiler keeps one of several functions that came out the same,
/// under either name. Nothing that is in use comes out the same as so long a way of hydrating.
const TOO_SHORT_TO_TELL: usize = 60;
/// What the page calls if it does wait for parts of the code: then nothing may be taken out.
const WAITS: &str = "12hydrate_lazy";

/// The instructions that an emptied function consists of: it stops the program, and nothing follows.
const UNREACHABLE: u8 = 0x00;
const NOTHING: u8 = 0x01;
const END: u8 = 0x0b;
/// A function starts with how many kinds of variables it has.
const NO_VARIABLES: u8 = 0;

/// The module with those functions emptied.
pub fn without_unused(bytes: &[u8]) -> Result<Vec<u8>> {
    let module = Module::read(bytes)?;
    if module.names.values().any(|name| name.contains(WAITS)) {
        return Ok(bytes.to_vec());
    }
    let unused: Vec<Range<usize>> = module.unused()?;

    let mut emptied = bytes.to_vec();
    for range in &unused {
        let body = &mut emptied[range.clone()];
        body.fill(NOTHING);
        body[0] = NO_VARIABLES;
        body[1] = UNREACHABLE;
        body[range.len() - 1] = END;
    }
    let Some(notes) = module.notes else { return Ok(emptied) };
    let mut out = emptied[..notes.section.start].to_vec();
    notes.without(&unused).append_to(&mut out);
    out.extend_from_slice(&emptied[notes.section.end..]);
    Ok(out)
}

/// What has to be known of a module.
#[derive(Default)]
struct Module<'a> {
    bytes: &'a [u8],
    names: HashMap<u32, &'a str>,
    /// How many functions come from outside; the others are counted on from there.
    imported: u32,
    bodies: Vec<Range<usize>>,
    notes: Option<Notes<'a>>,
}

/// What the linker noted about the code (`reloc.CODE`).
struct Notes<'a> {
    /// With the section's own number and length.
    section: Range<usize>,
    name: &'a str,
    /// Which section it is about.
    about: u32,
    /// Each note, and the place that it is about.
    notes: Vec<(&'a [u8], usize)>,
}

impl<'a> Module<'a> {
    fn read(bytes: &'a [u8]) -> Result<Self> {
        let mut module = Self { bytes, ..Self::default() };
        let mut code = 0;
        let mut end = 0;
        for payload in Parser::new(0).parse_all(bytes) {
            let payload = payload?;
            match &payload {
                Payload::ImportSection(imports) => {
                    for import in imports.clone().into_imports() {
                        module.imported += u32::from(matches!(import?.ty, TypeRef::Func(_) | TypeRef::FuncExact(_)));
                    }
                }
                Payload::CodeSectionStart { range, .. } => code = place(range.start)?,
                Payload::CodeSectionEntry(body) => {
                    module.bodies.push(place(body.range().start)?..place(body.range().end)?);
                }
                Payload::CustomSection(section) => match section.as_known() {
                    KnownCustom::Name(names) => {
                        for part in names {
                            if let Name::Function(functions) = part? {
                                for function in functions {
                                    let function = function?;
                                    module.names.insert(function.index, function.name);
                                }
                            }
                        }
                    }
                    KnownCustom::Reloc(reader) if section.name() == "reloc.CODE" => {
                        let mut starts = Vec::new();
                        for note in reader.entries().into_iter_with_offsets() {
                            let (start, note) = note?;
                            starts.push((place(start)?, code + usize::try_from(note.offset)?));
                        }
                        let ends = starts.iter().skip(1).map(|(start, _)| *start).chain([place(section.range().end)?]);
                        let notes = starts
                            .iter()
                            .zip(ends)
                            .map(|((start, about), end)| (&bytes[*start..end], *about))
                            .collect();
                        module.notes = Some(Notes {
                            section: end..place(section.range().end)?,
                            name: section.name(),
                            about: reader.section_index(),
                            notes,
                        });
                    }
                    _ => {}
                },
                _ => {}
            }
            if let Some((_, range)) = payload.as_section() {
                end = place(range.end)?;
            }
        }
        Ok(module)
    }

    /// Where the functions stand that are never called.
    fn unused(&self) -> Result<Vec<Range<usize>>> {
        let mut unused = Vec::new();
        for (index, range) in (self.imported..).zip(&self.bodies) {
            let name = self.names.get(&index).copied().unwrap_or_default();
            if NEVER_CALLED.iter().any(|word| name.contains(word)) {
                let reader = wasmparser::BinaryReader::new(&self.bytes[range.clone()], 0);
                let instructions = wasmparser::FunctionBody::new(reader).get_operators_reader()?;
                if instructions.into_iter().count() >= TOO_SHORT_TO_TELL {
                    unused.push(range.clone());
                }
            }
        }
        Ok(unused)
    }
}

impl<'a> Notes<'a> {
    /// The section without what is about these places, which are in their order.
    fn without(&self, places: &[Range<usize>]) -> CustomSection<'a> {
        let is_inside = |about: usize| {
            let next = places.partition_point(|range| range.end <= about);
            places.get(next).is_some_and(|range| range.contains(&about))
        };
        let kept: Vec<_> = self.notes.iter().filter(|(_, about)| !is_inside(*about)).collect();
        let mut data = Vec::new();
        self.about.encode(&mut data);
        kept.len().encode(&mut data);
        for (note, _) in kept {
            data.extend_from_slice(note);
        }
        CustomSection { name: self.name.into(), data: data.into() }
    }
}

/// A place in the module, which is in memory.
fn place(offset: u64) -> Result<usize> {
    usize::try_from(offset).context("the module is too large")
}

#[cfg(test)]
mod tests {
    use super::*;
    use wasm_encoder::{
        CodeSection, FunctionSection, IndirectNameMap, Instruction, NameMap, NameSection, TypeSection, ValType,
    };

    /// A module of functions with these names and as many instructions, and a note about the first and the last byte of
    /// each of them.
    fn module(functions: &[(&str, usize)]) -> Vec<u8> {
        let mut types = TypeSection::new();
        types.ty().function([ValType::I32], []);
        let (mut kinds, mut code, mut names) = (FunctionSection::new(), CodeSection::new(), NameMap::new());
        for (index, (name, instructions)) in (0..).zip(functions) {
            kinds.function(0);
            names.append(index, name);
            let mut body = wasm_encoder::Function::new([]);
            for _ in 0..*instructions / 2 {
                body.instruction(&Instruction::LocalGet(0));
                body.instruction(&Instruction::Drop);
            }
            body.instruction(&Instruction::End);
            code.function(&body);
        }
        let mut sections = wasm_encoder::Module::new();
        sections.section(&types).section(&kinds).section(&code);
        let bytes = sections.as_slice().to_vec();
        let read = Module::read(&bytes).unwrap();
        let start = bytes.len() - code_length(&bytes);
        let mut notes = vec![2, u8::try_from(read.bodies.len() * 2).unwrap()];
        for body in &read.bodies {
            for place in [body.start, body.end - 1] {
                notes.push(0);
                (place - start).encode(&mut notes);
                notes.push(0);
            }
        }
        sections.section(&CustomSection { name: "reloc.CODE".into(), data: notes.into() });
        let mut named = NameSection::new();
        named.functions(&names);
        named.locals(&IndirectNameMap::new());
        sections.section(&named);
        sections.finish()
    }

    fn code_length(bytes: &[u8]) -> usize {
        Parser::new(0)
            .parse_all(bytes)
            .find_map(|payload| match payload.unwrap() {
                Payload::CodeSectionStart { range, .. } => Some(usize::try_from(range.end - range.start).unwrap()),
                _ => None,
            })
            .unwrap()
    }

    fn instructions(bytes: &[u8], body: usize) -> Vec<wasmparser::Operator<'_>> {
        let range = Module::read(bytes).unwrap().bodies[body].clone();
        let reader = wasmparser::BinaryReader::new(&bytes[range], 0);
        let operators = wasmparser::FunctionBody::new(reader).get_operators_reader().unwrap();
        operators.into_iter().collect::<Result<_, _>>().unwrap()
    }

    #[test]
    fn what_is_never_called_is_emptied_and_the_rest_stays() {
        let names = [("before", 100), ("_ZN6tachys13hydrate_async17h0E", 100), ("_ZN6tachys7hydrate17h0E", 100)];
        let before = module(&names);
        let after = without_unused(&before).unwrap();
        wasmparser::validate(&after).unwrap();
        assert_eq!(instructions(&after, 1)[0], wasmparser::Operator::Unreachable);
        for kept in [0, 2] {
            assert_eq!(instructions(&after, kept), instructions(&before, kept));
        }
        let (before, after) = (Module::read(&before).unwrap(), Module::read(&after).unwrap());
        let places = |module: &Module<'_>| -> Vec<usize> {
            module.notes.as_ref().unwrap().notes.iter().map(|(_, place)| *place).collect()
        };
        assert_eq!(before.bodies, after.bodies);
        assert_eq!(places(&before).len(), 6);
        assert_eq!(places(&after), [&places(&before)[..2], &places(&before)[4..]].concat());
    }

    #[test]
    fn what_may_be_shared_stays() {
        let before = module(&[("_ZN6tachys13hydrate_async17h0E", 10)]);
        assert_eq!(without_unused(&before).unwrap(), before);
    }

    #[test]
    fn a_page_that_waits_for_its_code_keeps_everything() {
        let before = module(&[("_ZN6tachys13hydrate_async17h0E", 100), ("_ZN6leptos5mount12hydrate_lazy17h0E", 10)]);
        assert_eq!(without_unused(&before).unwrap(), before);
    }
}
