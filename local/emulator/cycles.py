"""Dependency cycles between a template's resources, which CloudFormation on AWS refuses."""

from collections.abc import Mapping

from local.emulator.references import Json, referred


def dependencies(template: Json) -> dict[str, list[str]]:
    """For each resource the resources it needs first, by reference or by DependsOn."""
    resources = template.get("Resources", {})
    graph = {}
    for name, resource in resources.items():
        listed = resource.get("DependsOn", [])
        needs = {
            *referred(resource.get("Properties", {})),
            *([listed] if isinstance(listed, str) else listed),
        }
        graph[name] = sorted(needs & resources.keys())
    return graph


def find_cycle(graph: Mapping[str, list[str]]) -> list[str] | None:
    """One cycle as the names along it, the first repeated at the end; None if there is none."""
    done: set[str] = set()
    for start in graph:
        path: list[str] = []
        walks = [iter([start])]
        while walks:
            name = next(walks[-1], None)
            if name is None:
                walks.pop()
                if path:
                    done.add(path.pop())
            elif name in path:
                return [*path[path.index(name) :], name]
            elif name not in done:
                path.append(name)
                walks.append(iter(graph.get(name, [])))
    return None
