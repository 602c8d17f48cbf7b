"""What a user fills in as `class_name` in `tools.yaml`. No rollout is played here: it is told of and never called."""
from verl.tools.base_tool import BaseTool


class Tool(BaseTool):
    pass
