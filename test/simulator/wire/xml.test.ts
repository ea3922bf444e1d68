import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Malformed } from '../../../src/simulator/wire/message.ts';
import { escapeXml, parseXml } from '../../../src/simulator/wire/xml.ts';

const leaf = (name: string, text: string) => ({ name, text, children: [], attributes: new Map() });

describe('parseXml', () => {
  it.each([
    ['an element', '<a>text</a>', leaf('a', 'text')],
    ['a declaration and a comment', '<?xml version="1.0"?><!-- a > b --><a>text</a>\n', leaf('a', 'text')],
    ['a byte order mark', '\uFEFF<a/>', leaf('a', '')],
    ['entities', '<a>&lt;&gt;&amp;&quot;&apos;&#65;&#x1D11E;</a>', leaf('a', `<>&"'A𝄞`)],
    ['CDATA', '<a><![CDATA[<b>&amp;]]></a>', leaf('a', '<b>&amp;')],
    ['a prefix', '<x:a xmlns:x="urn:x">text</x:a>', { ...leaf('a', 'text'), attributes: new Map([['xmlns:x', 'urn:x']]) }],
    [
      'an attribute with a tag’s end in it',
      `<a b="1 > 0" c='"'/>`,
      {
        ...leaf('a', ''),
        attributes: new Map([
          ['b', '1 > 0'],
          ['c', '"'],
        ]),
      },
    ],
    ['children', '<a><b>1</b> <b/></a>', { ...leaf('a', ' '), children: [leaf('b', '1'), leaf('b', '')] }],
  ])('%s', (_, text, expected) => {
    expect(parseXml(text)).toMatchObject(expected);
  });

  it.each([
    '',
    'text',
    '<a>',
    '<a></b>',
    '</a>',
    '<a/><b/>',
    '<a b=c/>',
    '<a b="1/>',
    '<a>&unknown;</a>',
    '<a>&#x110000;</a>',
    '<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>',
    '<a><!-- never ends</a>',
    '<a>1</a>more',
  ])('refuses %s', (text) => {
    expect(() => parseXml(text)).toThrow(Malformed);
  });

  it('what is escaped comes back', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (text) => {
        expect(parseXml(`<a b="${escapeXml(text)}">${escapeXml(text)}</a>`)).toMatchObject({
          text,
          attributes: new Map([['b', text]]),
        });
      }),
    );
  });
});
