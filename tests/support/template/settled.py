"""The expanded template as CloudFormation would settle it: intrinsics replaced by what they give."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from local.emulator.references import is_intrinsic

_NAME = re.compile(r"\$\{([^!}]+)\}")


class _Nothing:
    """What `AWS::NoValue` gives."""


_NOTHING = _Nothing()


@dataclass(frozen=True)
class Stack:
    """One stack of a template: its name and the values of its parameters. Its ids are as long as AWS makes them."""

    template: Mapping[str, Any]
    name: str
    values: Mapping[str, Any]
    physical: str = "r" * 64

    @property
    def pseudo(self) -> dict[str, str]:
        """The pseudo parameters."""
        uuid = "51af3dc0-da77-11e4-872e-1234567db123"
        return {
            "AWS::StackName": self.name,
            "AWS::StackId": f"arn:aws-us-gov:cloudformation:us-gov-west-1:123456789012:stack/{self.name}/{uuid}",
            "AWS::AccountId": "123456789012",
            "AWS::Region": "us-gov-west-1",
            "AWS::Partition": "aws-us-gov",
            "AWS::URLSuffix": "amazonaws.com",
        }

    def resources(self) -> dict[str, Any]:
        """The resources that are made, settled."""
        return {
            name: self.settle(resource)
            for name, resource in self.template["Resources"].items()
            if "Condition" not in resource or self.holds(resource["Condition"])
        }

    def holds(self, condition: str) -> bool:
        """Whether a condition of the template holds."""
        return self._true(self.template["Conditions"][condition])

    def settle(self, value: Any) -> Any:
        """A value without intrinsics."""
        if isinstance(value, list):
            members = [self.settle(each) for each in value]
            return [each for each in members if each is not _NOTHING]
        if not isinstance(value, dict):
            return value
        if is_intrinsic(value):
            return self._intrinsic(value)
        parts = {name: self.settle(each) for name, each in value.items()}
        return {name: each for name, each in parts.items() if each is not _NOTHING}

    def _intrinsic(self, value: Mapping[str, Any]) -> Any:
        match value:
            case {"Ref": str(name)}:
                return self._ref(name)
            case {"Fn::GetAtt": _}:
                return f"arn:aws-us-gov:service:us-gov-west-1:123456789012:{self.physical}"
            case {"Fn::Sub": text}:
                template, given = text if isinstance(text, list) else (text, {})
                return self._sub(
                    template, {name: self.settle(each) for name, each in given.items()}
                )
            case {"Fn::If": [str(condition), yes, no]}:
                return self.settle(yes if self.holds(condition) else no)
            case {"Fn::Select": [index, items]}:
                return self.settle(items)[int(index)]
            case {"Fn::Split": [separator, text]}:
                return self.settle(text).split(separator)
            case {"Fn::Join": [separator, items]}:
                return separator.join(map(str, self.settle(items)))
            case _:
                raise ValueError(f"an intrinsic that is not known here: {value}")

    def _ref(self, name: str) -> Any:
        if name == "AWS::NoValue":
            return _NOTHING
        if name in self.pseudo:
            return self.pseudo[name]
        if name in self.values:
            return self.values[name]
        kind = self.template["Resources"][name]["Type"]
        number = ":layer:name:999999" if kind == "AWS::Lambda::LayerVersion" else ""
        return f"arn:aws-us-gov:lambda:us-gov-west-1:123456789012{number or ':' + self.physical}"

    def _sub(self, text: str, given: Mapping[str, Any]) -> str:
        def put(match: re.Match[str]) -> str:
            name = match[1].partition(".")[0]
            return str(given[name] if name in given else self._ref(name))

        return _NAME.sub(put, text)

    def _true(self, value: Any) -> bool:
        match value:
            case {"Fn::Equals": [left, right]}:
                return bool(self.settle(left) == self.settle(right))
            case {"Fn::Not": [inner]}:
                return not self._true(inner)
            case {"Fn::And": inner}:
                return all(map(self._true, inner))
            case {"Fn::Or": inner}:
                return any(map(self._true, inner))
            case {"Condition": str(name)}:
                return self.holds(name)
            case _:
                raise ValueError(f"no condition: {value}")


def longest(parameter: Mapping[str, Any]) -> Any:
    """Some value of a parameter that is as long as any may be (4,096 where the template sets no bound)."""
    if "AllowedValues" in parameter:
        values: list[str] = parameter["AllowedValues"]
        return max(values, key=len)
    if parameter["Type"] == "Number":
        return str(parameter["MaxValue"])
    if parameter["Type"] == "CommaDelimitedList":
        return ["https://" + "x" * 240 + ".example"] * 16
    return "x" * int(parameter.get("MaxLength", 4096))
